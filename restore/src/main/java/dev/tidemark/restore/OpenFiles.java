package dev.tidemark.restore;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Tells whether a process has a file open, by `/proc`. Sees this user's processes only (all of
/// them for root), and nothing where there is no `/proc`. It opens nothing itself: closing a
/// descriptor on a database would drop the locks that SQLite holds in this process.
final class OpenFiles {
  private static final Path PROC = Path.of("/proc");

  private OpenFiles() {}

  /// The id of a process that has the file open.
  static Optional<String> holder(Path file) {
    Optional<Object> wanted = identity(file);
    if (wanted.isEmpty() || !Files.isDirectory(PROC)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, wanted.get())) {
          return Optional.of(process.getFileName().toString());
        }
      }
    } catch (IOException _) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean holds(Path process, Object wanted) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (identity(descriptor).equals(Optional.of(wanted))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // Another user's process, or one that has just ended.
      return false;
    }
    return false;
  }

  /// Device and inode; empty if there is no such file.
  private static Optional<Object> identity(Path file) {
    try {
      return Optional.of(Map.copyOf(Files.readAttributes(file, "unix:dev,ino")));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
