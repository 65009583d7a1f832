package dev.tidemark.sqlite;

import dev.tidemark.sqlite.Posix.Answer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/// statx(2) and statfs(2). statx has one layout on all machines, unlike stat.
final class NativeStat {
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7FF;
  private static final int STATX_BYTES = 256;
  private static final int STATFS_BYTES = 256;
  private static final long NANOS = 1_000_000_000L;
  private static final int ENOTDIR = 20;

  private NativeStat() {}

  static FileStat ofDescriptor(int fd, Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATX_BYTES, 8);
      Answer answer = Posix.statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, buffer);
      if (answer.failed()) {
        throw Posix.failure(path.toString(), answer.errno());
      }
      return decode(buffer);
    }
  }

  static Optional<FileStat> ofPath(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATX_BYTES, 8);
      Answer answer = Posix.statx(AT_FDCWD, path.toString(), 0, STATX_BASIC_STATS, buffer);
      if (answer.failed() && (answer.errno() == Posix.ENOENT || answer.errno() == ENOTDIR)) {
        return Optional.empty();
      }
      if (answer.failed()) {
        throw Posix.failure(path.toString(), answer.errno());
      }
      return Optional.of(decode(buffer));
    }
  }

  /// The number that names the kind of file system.
  static long fileSystemType(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATFS_BYTES, 8);
      Answer answer = Posix.statfs(path.toString(), buffer);
      if (answer.failed()) {
        throw Posix.failure(path.toString(), answer.errno());
      }
      return buffer.get(ValueLayout.JAVA_LONG, 0) & 0xFFFF_FFFFL;
    }
  }

  private static FileStat decode(MemorySegment statx) {
    long major = Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 136));
    long minor = Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 140));
    return new FileStat(
        major << 32 | minor,
        statx.get(ValueLayout.JAVA_LONG, 32),
        statx.get(ValueLayout.JAVA_LONG, 40),
        nanos(statx, 112),
        nanos(statx, 96),
        Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 16)),
        Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 20)));
  }

  private static long nanos(MemorySegment statx, long at) {
    return statx.get(ValueLayout.JAVA_LONG, at) * NANOS + statx.get(ValueLayout.JAVA_INT, at + 8);
  }
}
