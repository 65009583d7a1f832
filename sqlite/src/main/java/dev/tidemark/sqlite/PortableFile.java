package dev.tidemark.sqlite;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file by means of the JDK, where [NativeFile] does not work. Not a channel: an interrupt closes
/// a channel, and with it go SQLite's locks.
final class PortableFile implements RawFile {
  private final Path path;
  private final RandomAccessFile file;
  private final FileStat opened;
  private final Arena mappings = Arena.ofShared();

  private PortableFile(Path path, RandomAccessFile file, FileStat opened) {
    this.path = path;
    this.file = file;
    this.opened = opened;
  }

  static PortableFile openReadOnly(Path path) throws IOException {
    FileStat opened = stat(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
    return new PortableFile(path, new RandomAccessFile(path.toFile(), "r"), opened);
  }

  static Optional<FileStat> stat(Path path) throws IOException {
    Map<String, Object> found;
    try {
      found = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime,nlink,uid");
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
    return Optional.of(
        new FileStat(
            number(found, "dev"),
            number(found, "ino"),
            number(found, "size"),
            nanos(found, "lastModifiedTime"),
            nanos(found, "ctime"),
            number(found, "nlink"),
            number(found, "uid")));
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static long nanos(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
  }

  @Override
  public int read(long position, byte[] target, int from, int length) throws IOException {
    synchronized (file) {
      file.seek(position);
      int done = 0;
      while (done < length) {
        int read = file.read(target, from + done, length - done);
        if (read < 0) {
          break;
        }
        done += read;
      }
      return done;
    }
  }

  @Override
  public long size() throws IOException {
    return file.length();
  }

  /// By path while that still leads here; else with the times from when the file was opened.
  @Override
  public FileStat stat() throws IOException {
    Optional<FileStat> now = stat(path).filter(opened::isSameFile);
    return now.isPresent()
        ? now.get()
        : new FileStat(
            opened.dev(),
            opened.ino(),
            file.length(),
            opened.mtimeNanos(),
            opened.ctimeNanos(),
            0,
            opened.uid());
  }

  @Override
  public void dataSync() throws IOException {
    file.getFD().sync();
  }

  @Override
  public MemorySegment map(long length) throws IOException {
    return file.getChannel().map(MapMode.READ_ONLY, 0, length, mappings);
  }

  @Override
  public void close() throws IOException {
    if (mappings.scope().isAlive()) {
      mappings.close();
      file.close();
    }
  }
}
