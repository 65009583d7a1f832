package dev.tidemark.sqlite;

import dev.tidemark.sqlite.Posix.Answer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/// A descriptor of open(2) with close-on-exec. Linux only.
///
/// Reads and writes may come from several threads; closing must not overlap with them.
public final class NativeFile implements RawFile {
  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;

  // Small enough for the allocator to keep; above its threshold each buffer is mapped afresh, and
  // faulting its pages in costs more than the larger reads save.
  private static final int TRANSFER_BYTES_MAX = 1 << 16;

  private final Path path;
  private final int fd;
  private final Arena mappings = Arena.ofShared();
  private boolean closed;

  private NativeFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  public static NativeFile openReadOnly(Path path) throws IOException {
    return open(path, O_RDONLY);
  }

  public static NativeFile openReadWrite(Path path) throws IOException {
    return open(path, O_RDWR);
  }

  /// Opens for writing, and makes the file when there is none.
  public static NativeFile openOrCreate(Path path) throws IOException {
    return open(path, O_RDWR | O_CREAT);
  }

  private static NativeFile open(Path path, int flags) throws IOException {
    Answer answer = Posix.open(path.toString(), flags | O_CLOEXEC, 0644);
    if (answer.failed()) {
      throw Posix.failure(path.toString(), answer.errno());
    }
    return new NativeFile(path, (int) answer.value());
  }

  /// The file at a path, symbolic links followed; empty when there is none.
  public static Optional<FileStat> stat(Path path) throws IOException {
    return NativeStat.ofPath(path);
  }

  public Path path() {
    return path;
  }

  @Override
  public int read(long position, byte[] target, int from, int length) throws IOException {
    return read(position, MemorySegment.ofArray(target).asSlice(from, length));
  }

  /// Fills `target`; fewer bytes only at the end of the file.
  public int read(long position, MemorySegment target) throws IOException {
    if (target.isNative()) {
      return readFully(position, target);
    }
    // The collector moves arrays, so the kernel writes elsewhere first. Pinning the array instead
    // would hold up every collection while the disk is slow.
    long chunk = Math.min(Math.max(target.byteSize(), 1), TRANSFER_BYTES_MAX);
    MemorySegment buffer = Posix.malloc(chunk);
    try {
      int done = 0;
      while (done < target.byteSize()) {
        long wanted = Math.min(chunk, target.byteSize() - done);
        int read = readFully(position + done, buffer.asSlice(0, wanted));
        MemorySegment.copy(buffer, 0, target, done, read);
        done += read;
        if (read < wanted) {
          break;
        }
      }
      return done;
    } finally {
      Posix.free(buffer);
    }
  }

  private int readFully(long position, MemorySegment target) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long left = target.byteSize() - done;
      Answer answer = Posix.pread(descriptor(), target.asSlice(done), left, position + done);
      check(answer);
      if (answer.value() == 0) {
        break;
      }
      done += answer.value();
    }
    return Math.toIntExact(done);
  }

  /// Writes all of `source`.
  public void write(long position, byte[] source, int from, int length) throws IOException {
    long chunk = Math.min(Math.max(length, 1), TRANSFER_BYTES_MAX);
    MemorySegment buffer = Posix.malloc(chunk);
    try {
      int done = 0;
      while (done < length) {
        long wanted = Math.min(chunk, length - done);
        MemorySegment.copy(
            source, from + done, buffer, ValueLayout.JAVA_BYTE, 0, Math.toIntExact(wanted));
        Answer answer = Posix.pwrite(descriptor(), buffer, wanted, position + done);
        check(answer);
        done += Math.toIntExact(answer.value());
      }
    } finally {
      Posix.free(buffer);
    }
  }

  @Override
  public long size() throws IOException {
    return stat().size();
  }

  @Override
  public FileStat stat() throws IOException {
    return NativeStat.ofDescriptor(descriptor(), path);
  }

  @Override
  public void dataSync() throws IOException {
    check(Posix.fdatasync(descriptor()));
  }

  public void sync() throws IOException {
    check(Posix.fsync(descriptor()));
  }

  public void truncate(long size) throws IOException {
    check(Posix.ftruncate(descriptor(), size));
  }

  @Override
  public MemorySegment map(long length) throws IOException {
    return map(0, length, PROT_READ);
  }

  /// Maps `length` bytes from `offset` for reading and writing until this file is closed.
  MemorySegment mapWritable(long offset, long length) throws IOException {
    return map(offset, length, PROT_READ | PROT_WRITE);
  }

  private MemorySegment map(long offset, long length, int protection) throws IOException {
    Answer answer = Posix.mmap(descriptor(), offset, length, protection, MAP_SHARED);
    check(answer);
    MemorySegment mapping =
        MemorySegment.ofAddress(answer.value())
            .reinterpret(length, mappings, mapped -> Posix.munmap(mapped.address(), length));
    return protection == PROT_READ ? mapping.asReadOnly() : mapping;
  }

  int descriptor() {
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
    return fd;
  }

  private void check(Answer answer) throws IOException {
    if (answer.failed()) {
      throw Posix.failure(path.toString(), answer.errno());
    }
  }

  /// Also ends the mappings: touching one afterwards is an `IllegalStateException`.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    mappings.close();
    check(Posix.close(fd));
  }
}
