package dev.tidemark.cli.maintain;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The folder where files wait until they are stored.
public final class ScratchFolder {
  private ScratchFolder() {}

  /// Makes a file in it, which is gone at once. [IllegalArgumentException] says why that cannot be
  /// done: better told before anything is begun than by the first run.
  public static void check(Path folder) {
    if (!Files.exists(folder)) {
      throw new IllegalArgumentException(folder + ": no such directory; make it first");
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + ": is not a directory; name another one");
    }
    try {
      Files.delete(Files.createTempFile(folder, "tidemark-", ".scratch"));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: no file can be made in it: %s; name another directory".formatted(folder, reason(e)),
          e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException specific ->
          Optional.ofNullable(specific.getReason()).orElse("it is not for files");
      default -> String.valueOf(e.getMessage());
    };
  }
}
