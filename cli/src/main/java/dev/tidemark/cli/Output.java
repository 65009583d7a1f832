package dev.tidemark.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// What a command prints, held back until it has succeeded: a failing command prints nothing. Small
/// output stays in memory, a long list goes through a temporary file.
public final class Output implements AutoCloseable {
  private static final int MEMORY_CHARS_MAX = 1 << 20;

  private final StringBuilder lines = new StringBuilder();
  private Optional<Path> file = Optional.empty();
  private Optional<OutputStream> spill = Optional.empty();

  public void line(Object line) throws IOException {
    lines.append(line).append('\n');
    if (lines.length() >= MEMORY_CHARS_MAX) {
      spill();
    }
  }

  private void spill() throws IOException {
    if (spill.isEmpty()) {
      Path path = Files.createTempFile("tidemark-", ".out");
      file = Optional.of(path);
      spill = Optional.of(new BufferedOutputStream(Files.newOutputStream(path)));
    }
    spill.get().write(lines.toString().getBytes(StandardCharsets.UTF_8));
    lines.setLength(0);
  }

  /// Prints everything on stdout. A reader that has seen enough and closed its pipe is no failure;
  /// a full disk is one, which a [java.io.PrintStream] would keep to itself.
  public void release() throws IOException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    try {
      if (spill.isPresent()) {
        spill.get().flush();
        Files.copy(file.orElseThrow(), out);
      }
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.toLowerCase(Locale.ROOT).contains("pipe")) {
        throw new IOException("stdout cannot be written: " + why, e);
      }
    }
    lines.setLength(0);
  }

  @Override
  public void close() throws IOException {
    if (spill.isPresent()) {
      spill.get().close();
      Files.deleteIfExists(file.orElseThrow());
    }
  }
}
