package dev.tidemark.cli;

import com.github.luben.zstd.util.ZstdVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.util.LibraryLoaderUtil;

/// Unpacks the native libraries of zstd and SQLite into a folder, for the launcher to do once for a
/// build. Left alone, both unpack themselves at every start into the folder for temporary files:
/// that folder may be read-only or closed to code, as it is under systemd's `ProtectSystem=strict`,
/// and a process that is killed leaves a megabyte behind there.
final class NativeLibraries {
  private NativeLibraries() {}

  public static void main(String[] arguments) throws IOException {
    unpack(Path.of(arguments[0]));
  }

  /// As `libzstd-jni` and `libsqlitejdbc`.
  static void unpack(Path folder) throws IOException {
    copy(zstd(), folder.resolve("libzstd-jni"));
    copy(
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName(),
        folder.resolve("libsqlitejdbc"));
  }

  /// Named as zstd-jni looks for it, which tells nobody.
  private static String zstd() {
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    return "/%s/%s/libzstd-jni-%s.%s"
        .formatted(
            mac ? "darwin" : "linux",
            System.getProperty("os.arch"),
            ZstdVersion.VERSION,
            mac ? "dylib" : "so");
  }

  private static void copy(String resource, Path target) throws IOException {
    try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("there is no " + resource + " on the class path");
      }
      Files.copy(in, target);
    }
  }
}
