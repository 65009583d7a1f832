package dev.tidemark.shipper;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/// The state directory of a database, `.<file name>-tidemark` beside the real file, held by one
/// process at a time.
public final class StateFolder implements Closeable {
  private static final String LOCK_FILE = "lock";

  /// What tells of the process that holds it, and not of the database.
  private static final Set<String> HOLDERS = Set.of(LOCK_FILE, "control.sock", "control.path");

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private StateFolder(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
  }

  /// Where the state of a database lies. Symbolic links are resolved; the file itself need not
  /// exist.
  public static Path of(Path database) throws IOException {
    Path file = database.toAbsolutePath().normalize();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == 40) {
        throw new IOException(database + ": too many levels of symbolic links");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
    }
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new NoSuchFileException(
          database.toString(), null, "its folder does not exist; create it or correct the path");
    }
    return parent.toRealPath().resolve("." + file.getFileName() + "-tidemark");
  }

  /// Creates the folder if need be (mode 0700) and locks it.
  static StateFolder open(Path folder) throws IOException, FencedException {
    while (true) {
      create(folder);
      StateFolder held = lock(folder);
      // Whoever held it may have removed it in between, with the file that is locked now.
      if (Files.exists(folder.resolve(LOCK_FILE))) {
        return held;
      }
      held.lock.release();
      held.channel.close();
    }
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        NotDirectoryException inTheWay = new NotDirectoryException(folder.toString());
        inTheWay.initCause(e);
        throw inTheWay;
      }
    }
  }

  private static StateFolder lock(Path folder) throws IOException, FencedException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = readText(channel);
        throw new FencedException(
            "%s: another daemon (process %s) ships this database here; stop it first"
                .formatted(folder, holder.isEmpty() ? "unknown" : holder));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)),
          0);
      return new StateFolder(folder, channel, lock);
    } catch (IOException | FencedException e) {
      channel.close();
      throw e;
    }
  }

  private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private static String readText(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(32);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
  }

  /// A folder without any state in it, of a database that was refused, does not stay.
  @Override
  public void close() throws IOException {
    try {
      if (isBare()) {
        Files.deleteIfExists(folder.resolve(LOCK_FILE));
        removeIfEmpty(folder);
      }
    } finally {
      lock.release();
      channel.close();
    }
  }

  private boolean isBare() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).allMatch(HOLDERS::contains);
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /// Removes a state folder in which nothing is left, where it may be removed.
  public static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (FileSystemException _) {
      // Somebody uses it, or it is a disk of its own, or the folder above is not ours to change: an
      // empty folder does no harm.
    }
  }
}
