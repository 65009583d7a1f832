package dev.tidemark.shipper;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A state directory on a disk that can become full, fail to sync, and lose power.
///
/// As on Linux: a sync that fails says so once, and drops what it could not write; a later one says
/// that all is well. Names, mappings and small replaced files are durable at once.
final class FaultyFiles implements StateFiles {
  /// The process is gone at this point.
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  enum Sync {
    WORKS,
    FAILS,
    KILLS
  }

  /// What a file has when power comes back, and what was done to it since.
  private static final class Disk {
    private byte[] durable = {};
    private final List<Change> pending = new ArrayList<>();
  }

  /// No bytes: the file was cut to `offset`.
  private record Change(long offset, Optional<byte[]> bytes) {
    byte[] applied(byte[] to) {
      int end = (int) offset + bytes.map(b -> b.length).orElse(0);
      int size = bytes.isEmpty() ? Math.min(to.length, end) : Math.max(to.length, end);
      byte[] after = Arrays.copyOf(to, size);
      bytes.ifPresent(b -> System.arraycopy(b, 0, after, (int) offset, b.length));
      return after;
    }
  }

  private final Path folder;
  private final DiskFiles files;
  private final Map<String, Disk> disks = new ConcurrentHashMap<>();
  private volatile Sync sync = Sync.WORKS;
  private volatile boolean outOfMemory;
  private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

  FaultyFiles(Path folder) {
    this.folder = folder;
    this.files = new DiskFiles(folder);
  }

  /// What the next syncs of files do.
  void syncs(Sync how) {
    sync = how;
  }

  /// From now on, this many more bytes can be written to files.
  void room(long bytes) {
    room.set(bytes);
  }

  /// Whether the heap is too small for what is written from now on.
  void outOfMemory(boolean now) {
    outOfMemory = now;
  }

  /// Leaves what was durable.
  void losePower() throws IOException {
    for (Map.Entry<String, Disk> file : disks.entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (Files.exists(path)) {
        Files.write(path, file.getValue().durable);
      }
    }
    files.close();
  }

  private Disk disk(String name) throws IOException {
    Disk known = disks.get(name);
    if (known != null) {
      return known;
    }
    Disk disk = new Disk();
    disk.durable = files.read(name).orElse(new byte[0]);
    disks.put(name, disk);
    return disk;
  }

  @Override
  public Handle open(String name) throws IOException {
    Disk disk = disk(name);
    return new FaultyHandle(files.open(name), disk);
  }

  @Override
  public Handle openExisting(String name) throws IOException {
    return files.openExisting(name);
  }

  @Override
  public MemorySegment map(String name, long bytes) throws IOException {
    if (bytes - files.size(name) > room.get()) {
      throw new IOException("No space left on device");
    }
    return files.map(name, bytes);
  }

  @Override
  public long size(String name) throws IOException {
    return files.size(name);
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    return files.read(name);
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    files.replace(name, content);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    files.rename(from, to);
    Disk moved = disks.remove(from);
    disks.remove(to);
    if (moved != null) {
      disks.put(to, moved);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    disks.remove(name);
    files.delete(name);
  }

  @Override
  public List<String> names() throws IOException {
    return files.names();
  }

  @Override
  public void syncFolder() throws IOException {
    files.syncFolder();
  }

  @Override
  public long usableBytes() throws IOException {
    return files.usableBytes();
  }

  @Override
  public void close() {
    files.close();
  }

  private final class FaultyHandle implements Handle {
    private final Handle handle;
    private final Disk disk;

    FaultyHandle(Handle handle, Disk disk) {
      this.handle = handle;
      this.disk = disk;
    }

    @Override
    public long size() throws IOException {
      return handle.size();
    }

    @Override
    public void write(long offset, byte[] bytes, int from, int length) throws IOException {
      if (outOfMemory) {
        throw new OutOfMemoryError("Java heap space");
      }
      int fits = (int) Math.min(room.get(), length);
      room.addAndGet(-fits);
      handle.write(offset, bytes, from, fits);
      disk.pending.add(
          new Change(offset, Optional.of(Arrays.copyOfRange(bytes, from, from + fits))));
      if (fits < length) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      handle.read(offset, into, at, length);
    }

    @Override
    public void truncate(long size) throws IOException {
      handle.truncate(size);
      disk.pending.add(new Change(size, Optional.empty()));
    }

    @Override
    public void sync() throws IOException {
      switch (sync) {
        case WORKS -> {
          for (Change change : disk.pending) {
            disk.durable = change.applied(disk.durable);
          }
          disk.pending.clear();
        }
        case FAILS -> {
          disk.pending.clear();
          throw new IOException("Input/output error");
        }
        case KILLS -> throw new Killed();
      }
    }

    @Override
    public void close() throws IOException {
      handle.close();
    }
  }
}
