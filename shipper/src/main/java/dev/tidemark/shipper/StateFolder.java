package dev.tidemark.shipper;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The state directory of a database, `.<file name>-tidemark` beside the real file, held by one
/// process at a time.
public final class StateFolder implements Closeable {
  private static final String LOCK_FILE = "lock";

  private final FileChannel channel;
  private final FileLock lock;

  private StateFolder(FileChannel channel, FileLock lock) {
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
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(folder + " is not a folder; move it away", e);
      }
    }
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
      return new StateFolder(channel, lock);
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

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
