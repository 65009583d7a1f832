package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.LtxOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A file that is written beside its name and gets the name when it is whole and on disk.
final class TargetFile implements AutoCloseable {
  private final Path target;
  private final Path partial;
  private final FileChannel channel;

  private TargetFile(Path target, Path partial, FileChannel channel) {
    this.target = target;
    this.partial = partial;
    this.channel = channel;
  }

  /// Refuses a target that exists, unless it may be replaced.
  static TargetFile create(Path target, boolean replace) throws IOException, CommandException {
    if (Files.exists(target) && !replace) {
      throw new CommandException(
          ExitCode.EXISTS, target + ": exists already; choose another name or add --force");
    }
    Path partial =
        target.resolveSibling(
            "." + target.getFileName() + "-" + ProcessHandle.current().pid() + ".partial");
    FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (Files.exists(target)) {
      Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(target));
    }
    return new TargetFile(target, partial, channel);
  }

  FileChannel channel() {
    return channel;
  }

  Path partial() {
    return partial;
  }

  /// A buffered way in for LTX bytes.
  Writer writer() {
    return new Writer(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
  }

  record Writer(OutputStream out) implements LtxOutput {
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }
  }

  void commit() throws IOException {
    channel.force(true);
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    Path folder = Optional.ofNullable(target.toAbsolutePath().getParent()).orElse(target);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /// Takes the partial file away, unless it was committed.
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(partial);
  }
}
