package dev.tidemark.retention;

import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// The page index of an LTX file that is being written, on the local disk: up to 20 bytes for each
/// page.
final class SpilledIndex implements Scratch {
  private static final int CHUNK = 16 << 10;

  private final ScratchFile file;

  private SpilledIndex(ScratchFile file) {
    this.file = file;
  }

  static SpilledIndex in(Path folder) throws IOException {
    return new SpilledIndex(ScratchFile.in(folder));
  }

  @Override
  public void append(byte[] bytes, int offset, int length) throws IOException {
    file.append(bytes, offset, length);
  }

  @Override
  public void copyTo(LtxOutput out) throws IOException {
    file.seal();
    byte[] chunk = new byte[CHUNK];
    InputStream in = file.input();
    for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
      out.write(chunk, 0, count);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
