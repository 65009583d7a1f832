package dev.tidemark.ltx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The `zstd` command, as anybody would use it on a downloaded object.
final class ZstdTool {
  private ZstdTool() {}

  static boolean isPresent() throws InterruptedException {
    try {
      return new ProcessBuilder("zstd", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  static byte[] decompress(Path folder, byte[] object) throws IOException, InterruptedException {
    Path packed = folder.resolve("object.ltx.zst");
    Path plain = folder.resolve("object.ltx");
    Files.write(packed, object);
    int code =
        new ProcessBuilder("zstd", "-q", "-d", "-f", packed.toString(), "-o", plain.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("zstd ended with " + code);
    }
    return Files.readAllBytes(plain);
  }
}
