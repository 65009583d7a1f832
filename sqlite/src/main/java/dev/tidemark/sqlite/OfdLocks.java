package dev.tidemark.sqlite;

import dev.tidemark.sqlite.Posix.Answer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// Locks of byte ranges that belong to an open file description: no other close in this process
/// drops them, and they meet the POSIX locks of every SQLite, in this process or another.
///
/// Nothing here waits. A lock taken again on the same file changes its kind in place.
public final class OfdLocks {
  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;
  private static final int FLOCK_BYTES = 32;

  private final NativeFile file;

  public OfdLocks(NativeFile file) {
    this.file = file;
  }

  /// Somebody else's lock. `pid` is -1 where it is an OFD lock, which has no owning process.
  public record Holder(boolean exclusive, LockRange range, int pid) {}

  /// Whether this machine and this file system have such locks: Linux, and the kernel answers.
  public static boolean areAvailable(NativeFile file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flock = flock(arena, F_RDLCK, LockBytes.SHARED);
      return !Posix.fcntl(file.descriptor(), F_OFD_GETLK, flock).failed();
    }
  }

  /// Whether [NativeFile] works here at all.
  public static boolean isPlatformSupported() {
    return System.getProperty("os.name").equals("Linux")
        && ValueLayout.ADDRESS.byteSize() == Long.BYTES;
  }

  public boolean tryShared(LockRange range) throws IOException {
    return set(F_RDLCK, range);
  }

  /// The file must be open for writing.
  public boolean tryExclusive(LockRange range) throws IOException {
    return set(F_WRLCK, range);
  }

  public void unlock(LockRange range) throws IOException {
    set(F_UNLCK, range);
  }

  /// Who, other than this file, has any lock within the range.
  public Optional<Holder> holder(LockRange range) throws IOException {
    return get(F_WRLCK, range);
  }

  /// Who, other than this file, has an exclusive lock within the range.
  public Optional<Holder> exclusiveHolder(LockRange range) throws IOException {
    return get(F_RDLCK, range);
  }

  private boolean set(short type, LockRange range) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Answer answer = Posix.fcntl(file.descriptor(), F_OFD_SETLK, flock(arena, type, range));
      if (answer.failed() && answer.errno() != Posix.EAGAIN && answer.errno() != Posix.EACCES) {
        throw Posix.failure(file.path().toString(), answer.errno());
      }
      return !answer.failed();
    }
  }

  private Optional<Holder> get(short type, LockRange range) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flock = flock(arena, type, range);
      Answer answer = Posix.fcntl(file.descriptor(), F_OFD_GETLK, flock);
      if (answer.failed()) {
        throw Posix.failure(file.path().toString(), answer.errno());
      }
      short found = flock.get(ValueLayout.JAVA_SHORT, 0);
      if (found == F_UNLCK) {
        return Optional.empty();
      }
      var held =
          new LockRange(flock.get(ValueLayout.JAVA_LONG, 8), flock.get(ValueLayout.JAVA_LONG, 16));
      return Optional.of(new Holder(found == F_WRLCK, held, flock.get(ValueLayout.JAVA_INT, 24)));
    }
  }

  // struct flock of 64-bit Linux; whence 0 means "from the start of the file"; pid must be 0.
  private static MemorySegment flock(Arena arena, short type, LockRange range) {
    MemorySegment flock = arena.allocate(FLOCK_BYTES, 8);
    flock.set(ValueLayout.JAVA_SHORT, 0, type);
    flock.set(ValueLayout.JAVA_LONG, 8, range.offset());
    flock.set(ValueLayout.JAVA_LONG, 16, range.length());
    return flock;
  }
}
