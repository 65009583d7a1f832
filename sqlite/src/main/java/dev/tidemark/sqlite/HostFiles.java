package dev.tidemark.sqlite;

import dev.tidemark.sqlite.UnsuitableDatabaseException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Files as this machine offers them, and whether a database can be shipped from where it lies.
enum HostFiles {
  LINUX,
  PORTABLE;

  // Where another machine or process may change bytes unseen, or locks mean nothing.
  private static final Map<Long, String> REFUSED =
      Map.ofEntries(
          Map.entry(0x6969L, "NFS"),
          Map.entry(0x6573_5546L, "FUSE"),
          Map.entry(0xFF53_4D42L, "CIFS"),
          Map.entry(0xFE53_4D42L, "SMB2"),
          Map.entry(0x517BL, "SMB"),
          Map.entry(0x0102_1997L, "9P"),
          Map.entry(0x00C3_6400L, "Ceph"),
          Map.entry(0x5346_414FL, "AFS"),
          Map.entry(0x0BD0_0BD0L, "Lustre"),
          Map.entry(0x0116_1970L, "GFS2"),
          Map.entry(0x7461_636FL, "OCFS2"),
          Map.entry(0x786F_4256L, "VirtualBox shared folder"));

  static HostFiles ofThisMachine() {
    return OfdLocks.isPlatformSupported() ? LINUX : PORTABLE;
  }

  RawFile openReadOnly(Path path) throws IOException {
    return switch (this) {
      case LINUX -> NativeFile.openReadOnly(path);
      case PORTABLE -> PortableFile.openReadOnly(path);
    };
  }

  Optional<FileStat> stat(Path path) throws IOException {
    return switch (this) {
      case LINUX -> NativeFile.stat(path);
      case PORTABLE -> PortableFile.stat(path);
    };
  }

  /// Refuses file systems and owners with which attaching would harm the application.
  void requireUsable(Path database) throws IOException, UnsuitableDatabaseException {
    if (this == LINUX) {
      requireFileSystem(database, NativeStat.fileSystemType(database));
      requireOwner(database);
    }
    Path directory = database.resolveSibling(".");
    if (!exists(database, "-shm") && !Files.isWritable(directory)) {
      throw new UnsuitableDatabaseException(
          Reason.PERMISSION,
          "%s is not writable, but SQLite keeps its -wal and -shm files there; run as its owner"
              .formatted(directory.normalize()));
    }
  }

  static void requireFileSystem(Path database, long type) throws UnsuitableDatabaseException {
    String refused = REFUSED.get(type);
    if (refused != null) {
      throw new UnsuitableDatabaseException(
          Reason.FILE_SYSTEM,
          ("%s lies on %s, where WAL databases are not safe;"
                  + " move it to a local disk of the machine that runs the application")
              .formatted(database, refused));
    }
  }

  // Files made by another user than the owner might not open for the application. Root's are
  // fine: SQLite gives them to the database's owner.
  private void requireOwner(Path database) throws IOException, UnsuitableDatabaseException {
    long user = Posix.geteuid();
    long owner = stat(database).map(FileStat::uid).orElse(user);
    boolean makesFiles = !exists(database, "-shm") || !exists(database, "-wal");
    if (user != 0 && user != owner && makesFiles) {
      throw new UnsuitableDatabaseException(
          Reason.PERMISSION,
          "%s belongs to user %d, this is user %d; run as the database's owner"
              .formatted(database, owner, user));
    }
  }

  private static boolean exists(Path database, String suffix) {
    return Files.exists(sibling(database, suffix));
  }

  static Path sibling(Path database, String suffix) {
    return database.resolveSibling(database.getFileName() + suffix);
  }
}
