package dev.tidemark.cli.kill;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A file system of its own, in memory, that can be filled to the last byte. Needs root.
final class SmallDisk implements AutoCloseable {
  private static final long BLOCK = 1 << 20;

  private final Path folder;
  private final boolean mounted;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /// Mounts it, if that is allowed.
  static SmallDisk at(Path folder, int mebibytes) throws IOException {
    Files.createDirectories(folder);
    String options = "size=" + mebibytes + "m,mode=0700";
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", options, "tidemark-kill", folder.toString());
    return new SmallDisk(folder, mounted);
  }

  boolean isMounted() {
    return mounted;
  }

  /// Takes what is free; what others free meanwhile, too.
  void fill() throws IOException {
    if (!mounted) {
      return;
    }
    try (RandomAccessFile ballast = new RandomAccessFile(ballast().toFile(), "rw")) {
      byte[] block = new byte[(int) BLOCK];
      ballast.seek(ballast.length());
      int size = block.length;
      while (size >= 512) {
        try {
          ballast.write(block, 0, size);
        } catch (IOException _) {
          // Full, at least for so much.
          size /= 2;
        }
      }
    }
  }

  void empty() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    if (mounted) {
      empty();
      run("umount", "-l", folder.toString());
    }
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
