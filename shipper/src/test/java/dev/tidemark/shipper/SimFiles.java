package dev.tidemark.shipper;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// [StateFiles] of one simulated process on a [SimDisk]. Once the process is killed, every call
/// throws [SimKilled].
final class SimFiles implements StateFiles {
  private static final String FULL = "No space left on device";

  private final SimDisk disk;

  SimFiles(SimDisk disk) {
    this.disk = disk;
  }

  @Override
  public Handle open(String name) throws IOException {
    synchronized (disk) {
      return new SimHandle(openOrCreate(name), true);
    }
  }

  private SimFile openOrCreate(String name) throws IOException {
    disk.checkAlive(this);
    if (find(name).isEmpty()) {
      disk.perform(() -> disk.folder().create(name));
    }
    return existing(name);
  }

  @Override
  public Handle openExisting(String name) throws IOException {
    synchronized (disk) {
      return new SimHandle(existing(name), false);
    }
  }

  private Optional<SimFile> find(String name) {
    disk.checkAlive(this);
    return disk.folder().find(name);
  }

  private SimFile existing(String name) throws NoSuchFileException {
    return find(name).orElseThrow(() -> new NoSuchFileException(name));
  }

  @Override
  public MemorySegment map(String name, long bytes) throws IOException {
    synchronized (disk) {
      disk.checkMemory();
      SimFile file = openOrCreate(name);
      file.unmap();
      long before = file.content().size();
      if (before < bytes) {
        SimDisk.Fate fate = disk.next();
        long grown = fate == SimDisk.Fate.DONE ? disk.takeRoom(bytes - before) : 0;
        file.change(new SimChange.Resize(before + grown));
        disk.end(fate);
        if (before + grown < bytes) {
          throw new IOException(FULL);
        }
      }
      return file.map(bytes);
    }
  }

  @Override
  public void force(String name) throws IOException {
    synchronized (disk) {
      SimFile file = existing(name);
      if (!file.isMapped()) {
        throw new IllegalStateException(name + " is not mapped");
      }
      sync(file);
    }
  }

  private void sync(SimFile file) throws IOException {
    SimDisk.Fate fate = disk.nextSync();
    switch (fate) {
      case DONE -> file.sync();
      case FAILED -> file.failSync(disk.random());
      case KILLED -> {
        if (disk.random().nextBoolean()) {
          file.sync();
        }
      }
    }
    disk.end(fate);
  }

  private void write(SimFile file, long offset, byte[] bytes, int from, int length)
      throws IOException {
    SimDisk.Fate fate = disk.next();
    int written = disk.written(fate, length);
    file.change(new SimChange.Write(offset, Arrays.copyOfRange(bytes, from, from + written)));
    disk.end(fate);
    if (written < length) {
      throw new IOException(FULL);
    }
  }

  private void cut(SimFile file, long size) throws IOException {
    disk.perform(() -> {
      if (size < file.content().size()) {
        file.change(new SimChange.Resize(size));
      }
    });
  }

  @Override
  public long size(String name) throws IOException {
    synchronized (disk) {
      return find(name).map(file -> file.content().size()).orElse(0L);
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    synchronized (disk) {
      return find(name).map(file -> file.content().bytes());
    }
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    synchronized (disk) {
      String beside = name + ".partial";
      SimFile file = openOrCreate(beside);
      cut(file, 0);
      write(file, 0, content, 0, content.length);
      sync(file);
      rename(beside, name);
      syncFolder();
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    synchronized (disk) {
      SimFile file = existing(from);
      file.unmap();
      find(to).ifPresent(SimFile::unmap);
      disk.perform(() -> disk.folder().rename(from, to));
    }
  }

  @Override
  public void delete(String name) throws IOException {
    synchronized (disk) {
      Optional<SimFile> file = find(name);
      if (file.isPresent()) {
        file.get().unmap();
        disk.perform(() -> disk.folder().remove(name));
      }
    }
  }

  @Override
  public List<String> names() throws IOException {
    synchronized (disk) {
      disk.checkAlive(this);
      return disk.folder().names();
    }
  }

  @Override
  public void syncFolder() throws IOException {
    synchronized (disk) {
      disk.checkAlive(this);
      disk.perform(disk.folder()::sync);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    synchronized (disk) {
      disk.checkAlive(this);
      return disk.usableBytes();
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      disk.checkAlive(this);
      disk.folder().unmapAll();
    }
  }

  /// An open file, which it stays whatever happens to its name.
  private final class SimHandle implements Handle {
    private final SimFile file;
    private final boolean writable;
    private boolean closed;

    SimHandle(SimFile file, boolean writable) {
      this.file = file;
      this.writable = writable;
    }

    private void check() throws IOException {
      disk.checkAlive(SimFiles.this);
      if (closed) {
        throw new ClosedChannelException();
      }
    }

    private void checkWritable() throws IOException {
      check();
      if (!writable) {
        throw new NonWritableChannelException();
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (disk) {
        check();
        return file.content().size();
      }
    }

    @Override
    public void write(long offset, byte[] bytes, int from, int length) throws IOException {
      synchronized (disk) {
        checkWritable();
        disk.checkMemory();
        SimFiles.this.write(file, offset, bytes, from, length);
      }
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      synchronized (disk) {
        check();
        file.content().read(offset, into, at, length);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (disk) {
        checkWritable();
        cut(file, size);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (disk) {
        check();
        SimFiles.this.sync(file);
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (disk) {
        disk.checkAlive(SimFiles.this);
        closed = true;
      }
    }
  }
}
