package dev.tidemark.sqlite;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// The few calls of the C library that the JDK does not offer in a form that is safe here: the JDK
/// closes descriptors when a collector says so, and has no locks that belong to a descriptor.
///
/// Linux only, 64 bit; the layouts are the same on x86-64 and AArch64.
final class Posix {
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EINVAL = 22;

  private static final OfInt INT = ValueLayout.JAVA_INT;
  private static final OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN = variadic("open", INT, POINTER, INT, INT);
  private static final MethodHandle FCNTL = variadic("fcntl", INT, INT, INT, POINTER);
  private static final MethodHandle CLOSE = handle("close", INT, INT);
  private static final MethodHandle PREAD = handle("pread", LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle PWRITE = handle("pwrite", LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle FSYNC = handle("fsync", INT, INT);
  private static final MethodHandle FDATASYNC = handle("fdatasync", INT, INT);
  private static final MethodHandle FTRUNCATE = handle("ftruncate", INT, INT, LONG);
  private static final MethodHandle STATX = handle("statx", INT, INT, POINTER, INT, INT, POINTER);
  private static final MethodHandle STATFS = handle("statfs", INT, POINTER, POINTER);
  private static final MethodHandle MMAP = handle("mmap", LONG, POINTER, LONG, INT, INT, INT, LONG);
  private static final MethodHandle MUNMAP = handle("munmap", INT, LONG, LONG);
  private static final MethodHandle GETEUID = handle("geteuid", INT);
  private static final MethodHandle MALLOC = handle("malloc", LONG, LONG);
  private static final MethodHandle FREE =
      LINKER.downcallHandle(symbol("free"), FunctionDescriptor.ofVoid(LONG));
  private static final MethodHandle STRERROR = handle("strerror", POINTER, INT);

  private Posix() {}

  /// What a call answered: the value, and errno where the value says that it went wrong.
  record Answer(long value, int errno) {
    boolean failed() {
      return value == -1;
    }
  }

  static Answer open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) OPEN.invokeExact(state, name, flags, mode);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer fcntl(int fd, int command, MemorySegment flock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) FCNTL.invokeExact(state, fd, command, flock);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer pread(int fd, MemorySegment target, long length, long position) {
    return transfer(PREAD, fd, target, length, position);
  }

  static Answer pwrite(int fd, MemorySegment source, long length, long position) {
    return transfer(PWRITE, fd, source, length, position);
  }

  private static Answer transfer(
      MethodHandle call, int fd, MemorySegment bytes, long length, long position) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      while (true) {
        long value = (long) call.invokeExact(state, fd, bytes, length, position);
        int errno = errno(state);
        if (value >= 0 || errno != EINTR) {
          return new Answer(value, errno);
        }
      }
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer fsync(int fd) {
    return onDescriptor(FSYNC, fd);
  }

  static Answer fdatasync(int fd) {
    return onDescriptor(FDATASYNC, fd);
  }

  static Answer close(int fd) {
    return onDescriptor(CLOSE, fd);
  }

  private static Answer onDescriptor(MethodHandle call, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) call.invokeExact(state, fd);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer ftruncate(int fd, long size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) FTRUNCATE.invokeExact(state, fd, size);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer statx(int dirFd, String path, int flags, int mask, MemorySegment buffer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) STATX.invokeExact(state, dirFd, name, flags, mask, buffer);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer statfs(String path, MemorySegment buffer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) STATFS.invokeExact(state, name, buffer);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer mmap(int fd, long offset, long length, int protection, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      long value =
          (long) MMAP.invokeExact(state, MemorySegment.NULL, length, protection, flags, fd, offset);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static Answer munmap(long address, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO);
      int value = (int) MUNMAP.invokeExact(state, address, length);
      return new Answer(value, errno(state));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long geteuid() {
    try (Arena arena = Arena.ofConfined()) {
      return Integer.toUnsignedLong((int) GETEUID.invokeExact(arena.allocate(ERRNO)));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /// Memory that is not cleared first; [#free] it.
  static MemorySegment malloc(long size) {
    try (Arena arena = Arena.ofConfined()) {
      long address = (long) MALLOC.invokeExact(arena.allocate(ERRNO), size);
      if (address == 0) {
        throw new OutOfMemoryError("malloc of " + size + " bytes");
      }
      return MemorySegment.ofAddress(address).reinterpret(size);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void free(MemorySegment memory) {
    try {
      FREE.invokeExact(memory.address());
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /// The exception for a call that failed; `subject` is the path.
  static IOException failure(String subject, int errno) {
    String reason = strerror(errno);
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(subject);
      case EACCES -> new AccessDeniedException(subject, null, reason);
      case EINTR -> new InterruptedIOException(subject + ": " + reason);
      default -> new IOException(subject + ": " + reason);
    };
  }

  private static String strerror(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      var text = (MemorySegment) STRERROR.invokeExact(arena.allocate(ERRNO), errno);
      return text.reinterpret(1_024).getString(0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO_VALUE.get(state, 0L);
  }

  private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  // Two fixed arguments, then "…": on some machines variadic ones travel differently.
  private static MethodHandle variadic(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(2),
        Linker.Option.captureCallState("errno"));
  }

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }

  private static RuntimeException unexpected(Throwable t) {
    if (t instanceof Error error) {
      throw error;
    }
    return t instanceof RuntimeException runtime ? runtime : new IllegalStateException(t);
  }
}
