package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.StoreException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// Writes whole, synced files aside: `.tmp/<run id>-<n>`. Each is locked until it has got its name
/// and lost this one, so that what a killed process left there can be told from what is being
/// written. Maintenance removes it; what it does not find to be its own goes a day later, with the
/// first write of any process.
final class LocalScratch {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}-[0-9]+");
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

  /// A new file with the body's bytes, synced. The caller links or moves it, and closes it.
  Written write(String key, Body body) throws IOException, StoreException {
    Path file = folder.resolve(run + "-" + count.incrementAndGet());
    Written written = new Written(file, create(key, file));
    try {
      written.lock();
      copy(key, body, written.channel());
      written.channel().force(true);
    } catch (IOException | StoreException | RuntimeException e) {
      try {
        written.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    if (swept.compareAndSet(false, true)) {
      sweep(file);
    }
    return written;
  }

  /// A file that is complete. Closing removes the name that it was written under.
  record Written(Path file, FileChannel channel) implements Closeable {
    private void lock() {
      try {
        // Closing the channel releases it, and so does the end of the process.
        FileLock _ = channel.tryLock();
      } catch (IOException _) {
        // A file system without locks: then nobody can tell whether it is being written.
      }
    }

    @Override
    public void close() throws IOException {
      try (channel) {
        Files.deleteIfExists(file);
      }
    }
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

  /// What nobody writes any more, and nobody has removed. Names that are not ours are left out.
  List<UnfinishedUpload> leftovers() throws IOException {
    List<UnfinishedUpload> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        leftover(file).ifPresent(found::add);
      }
    } catch (NoSuchFileException _) {
      // Nothing was ever written here, or a copy was made without empty folders.
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(UnfinishedUpload::key));
    return found;
  }

  private static Optional<UnfinishedUpload> leftover(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    try {
      return NAME.matcher(name).matches() && !isBeingWritten(file)
          ? Optional.of(
              new UnfinishedUpload(
                  LocalStore.SCRATCH + "/" + name,
                  name,
                  Files.getLastModifiedTime(file).toInstant()))
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static boolean isBeingWritten(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.tryLock(0, Long.MAX_VALUE, true) == null;
    } catch (OverlappingFileLockException _) {
      return true;
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException _) {
      // It may not be read, or there are no locks: then its age is all there is.
      return false;
    }
  }

  void remove(UnfinishedUpload leftover) throws IOException {
    if (!NAME.matcher(leftover.id()).matches()) {
      throw new IllegalArgumentException("none of a local store's: " + leftover.id());
    }
    Files.deleteIfExists(folder.resolve(leftover.id()));
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
    } catch (IOException | DirectoryIteratorException _) {
      swept.set(true);
    }
  }
}
