package dev.tidemark.shipper;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// [StateFiles] in a real folder.
final class DiskFiles implements StateFiles {
  private final Path folder;
  private final Map<String, Mapping> mappings = new HashMap<>();

  private record Mapping(Arena arena, MemorySegment bytes) {}

  DiskFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public Handle open(String name) throws IOException {
    return new ChannelHandle(folder.resolve(name), openChannel(name));
  }

  @Override
  public Handle openExisting(String name) throws IOException {
    Path file = folder.resolve(name);
    return new ChannelHandle(file, FileChannel.open(file, StandardOpenOption.READ));
  }

  private FileChannel openChannel(String name) throws IOException {
    return FileChannel.open(
        folder.resolve(name),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  @Override
  public MemorySegment map(String name, long bytes) throws IOException {
    unmap(name);
    Arena arena = Arena.ofShared();
    try (FileChannel channel = openChannel(name)) {
      fill(folder.resolve(name), channel, bytes);
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
      mappings.put(name, new Mapping(arena, mapped));
      return mapped;
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// Grows a file by real zeros: a full disk must be an error here, not a fault on a later store to
  /// the mapping.
  private static void fill(Path file, FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    for (long at = channel.size(); at < bytes; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
      at += write(file, channel, zeros, at);
    }
  }

  /// As the channel, whose errors do not say which file they are about.
  private static int write(Path file, FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    try {
      return channel.write(bytes, at);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw (IOException)
          new FileSystemException(file.toString(), null, e.getMessage()).initCause(e);
    }
  }

  private void unmap(String name) {
    Mapping mapping = mappings.remove(name);
    if (mapping != null) {
      mapping.arena().close();
    }
  }

  @Override
  public void force(String name) throws IOException {
    Mapping mapping = mappings.get(name);
    if (mapping == null) {
      throw new IllegalStateException(name + " is not mapped");
    }
    try {
      mapping.bytes().force();
    } catch (UncheckedIOException e) {
      throw new IOException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  @Override
  public long size(String name) throws IOException {
    try {
      return Files.size(folder.resolve(name));
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(name)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    Path beside = folder.resolve(name + ".partial");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        write(beside, channel, left, left.position());
      }
      channel.force(true);
    }
    Files.move(
        beside,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    syncFolder();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    unmap(from);
    unmap(to);
    Files.move(
        folder.resolve(from),
        folder.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    unmap(name);
    Files.deleteIfExists(folder.resolve(name));
  }

  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    }
    names.sort(null);
    return names;
  }

  @Override
  public void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    // Not by a FileStore, which reads the mount table each time.
    long bytes = folder.toFile().getUsableSpace();
    if (bytes == 0 && !Files.isDirectory(folder)) {
      throw new IOException(
          folder + ": the state folder is gone; start the daemon again, it makes a new one");
    }
    return bytes;
  }

  @Override
  public void close() {
    mappings.values().forEach(mapping -> mapping.arena().close());
    mappings.clear();
  }

  /// A file channel with whole reads and writes.
  private record ChannelHandle(Path file, FileChannel channel) implements Handle {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(long offset, byte[] bytes, int from, int length) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(bytes, from, length);
      long at = offset;
      while (left.hasRemaining()) {
        at += DiskFiles.write(file, channel, left, at);
      }
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      ByteBuffer room = ByteBuffer.wrap(into, at, length);
      long from = offset;
      while (room.hasRemaining()) {
        int count = channel.read(room, from);
        if (count < 0) {
          throw new EOFException("file ends at byte " + from);
        }
        from += count;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
