package dev.tidemark.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Where a restored database goes: OUT with the files that SQLite keeps beside it, and a temporary
/// file next to it that becomes OUT in one step.
///
/// With `force`, SQLite's files beside OUT go first and OUT is replaced last; a crash in between
/// leaves the old database without its write-ahead log, never a new one with a foreign log.
final class RestoreTargetFile {
  private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  private final Path out;
  private final Path folder;
  private final Path partial;
  private final boolean force;

  RestoreTargetFile(Path wanted, boolean force, RandomGenerator random) throws IOException {
    Path path = wanted.toAbsolutePath();
    // SQLite keeps its files beside the real file.
    this.out = Files.exists(path) ? path.toRealPath() : path.normalize();
    Path parent = out.getParent();
    Path name = out.getFileName();
    if (parent == null || name == null || Files.isDirectory(out)) {
      throw new IOException(out + ": is a directory");
    }
    if (!Files.isDirectory(parent)) {
      throw new IOException(parent + ": no such directory");
    }
    this.folder = parent;
    this.partial =
        parent.resolve(
            "." + name + "." + HexFormat.of().toHexDigits(random.nextLong()) + ".restoring");
    this.force = force;
  }

  /// Refuses what may not be overwritten.
  void check() throws TargetExistsException {
    for (Path file : files()) {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      if (!force) {
        throw new TargetExistsException(
            file, "exists; name another file, or use --force to replace it");
      }
      Optional<String> holder = OpenFiles.holder(file);
      if (holder.isPresent()) {
        throw new TargetExistsException(
            file, "is open in process " + holder.get() + "; stop it first");
      }
    }
  }

  FileChannel openPartial() throws IOException {
    return FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// The temporary file, past the page cache.
  DirectFile openDirect(FileChannel buffered) throws IOException {
    return DirectFile.open(partial, buffered);
  }

  /// Makes the proven temporary file the target.
  void publish() throws IOException, TargetExistsException {
    check();
    if (force) {
      keepPermissions();
      for (Path file : files().subList(1, COMPANIONS.size() + 1)) {
        Files.deleteIfExists(file);
      }
      Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      moveIfAbsent();
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /// Nothing half-done is left.
  void discard() throws IOException {
    Files.deleteIfExists(partial);
  }

  @Override
  public String toString() {
    return out.toString();
  }

  /// What a person can use of a file system's error.
  static String reason(FileSystemException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName());
  }

  /// Who could read and write the old file can do so with the new one, and nobody else. A restore
  /// by root must not take the database away from the application's user.
  private void keepPermissions() throws IOException {
    if (!Files.exists(out) || !Files.getFileStore(out).supportsFileAttributeView("posix")) {
      return;
    }
    PosixFileAttributes old = Files.readAttributes(out, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(partial, PosixFileAttributeView.class);
    try {
      view.setGroup(old.group());
      view.setOwner(old.owner());
    } catch (FileSystemException _) {
      // Only root gives a file away; for anybody else the new file is theirs.
    }
    view.setPermissions(old.permissions());
  }

  /// A link, unlike a rename, cannot replace what came in between.
  private void moveIfAbsent() throws IOException, TargetExistsException {
    try {
      Files.createLink(out, partial);
      Files.delete(partial);
    } catch (FileAlreadyExistsException _) {
      throw new TargetExistsException(out, "appeared while it was being restored");
    } catch (FileSystemException | UnsupportedOperationException _) {
      moveWithoutLinks();
    }
  }

  private void moveWithoutLinks() throws IOException {
    try {
      Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("cannot rename " + partial + " to " + out, e);
    }
  }

  private List<Path> files() {
    return List.of(
        out,
        folder.resolve(out.getFileName() + COMPANIONS.get(0)),
        folder.resolve(out.getFileName() + COMPANIONS.get(1)),
        folder.resolve(out.getFileName() + COMPANIONS.get(2)));
  }
}
