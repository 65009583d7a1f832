package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Writes whole, synced files aside: `.tmp/<run id>-<n>`. What a killed process left there is swept
/// a day later.
final class LocalScratch {
  private static final int BUFFER_BYTES_MAX = 64 << 10;
  private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

  private final Path folder;
  private final LocalFolders folders;
  private final Id128 run;
  private final AtomicLong count = new AtomicLong();
  private final AtomicBoolean swept = new AtomicBoolean();

  LocalScratch(Path root, LocalFolders folders, Id128 run) {
    this.folder = root.resolve(LocalStore.SCRATCH);
    this.folders = folders;
    this.run = run;
  }

  /// A new file with the body's bytes, synced. The caller links or moves it, and removes it.
  Path write(String key, Body body) throws IOException, StoreException {
    Path file = folder.resolve(run + "-" + count.incrementAndGet());
    try (FileChannel channel = create(key, file)) {
      copy(key, body, channel);
      channel.force(true);
    } catch (IOException | StoreException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    if (swept.compareAndSet(false, true)) {
      sweep(file);
    }
    return file;
  }

  private FileChannel create(String key, Path file) throws IOException, StoreException {
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      folders.makeScratch(key);
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
  }

  private static void copy(String key, Body body, FileChannel to)
      throws IOException, StoreException {
    try (InputStream in = opened(key, body)) {
      byte[] buffer = new byte[Math.clamp(body.size(), 1, BUFFER_BYTES_MAX)];
      long copied = 0;
      for (int n = read(key, in, buffer); n >= 0; n = read(key, in, buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
        copied += n;
      }
      if (copied != body.size()) {
        throw new StoreException(
            Kind.UNAVAILABLE,
            "the bytes to store as %s changed: %d expected, %d found"
                .formatted(key, body.size(), copied));
      }
    }
  }

  private static InputStream opened(String key, Body body) throws StoreException {
    try {
      return body.open();
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private static int read(String key, InputStream in, byte[] buffer) throws StoreException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw unreadable(key, e);
    }
  }

  private static StoreException unreadable(String key, IOException e) {
    return new StoreException(
        Kind.UNAVAILABLE,
        "the bytes to store as %s cannot be read: %s".formatted(key, e.getMessage()),
        e);
  }

  // Ages are taken against a file just written, so that only the file system's own clock counts.
  // Best effort: what
  // cannot be removed does no harm.
  private void sweep(Path fresh) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      Instant limit = Files.getLastModifiedTime(fresh).toInstant().minus(LEFTOVER_AGE);
      for (Path file : files) {
        FileTime written = Files.getLastModifiedTime(file);
        if (written.toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      swept.set(true);
    }
  }
}
