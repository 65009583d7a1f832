package dev.tidemark.restore;

import java.nio.file.Path;

/// A file stands where a restore would write, and nobody said that it may go; or a process has it
/// open. Exit code 8.
public final class TargetExistsException extends Exception {
  private final Path file;

  public TargetExistsException(Path file, String reason) {
    super(file + ": " + reason);
    this.file = file;
  }

  public Path file() {
    return file;
  }
}
