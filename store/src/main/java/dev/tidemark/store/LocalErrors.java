package dev.tidemark.store;

import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;

/// What the operating system's refusals mean for the caller of a local store.
final class LocalErrors {
  /// How the words for a delete begin.
  static final String DELETING = "deleting ";

  private LocalErrors() {}

  static StoreException translate(String doing, Path root, IOException e)
      throws InterruptedException {
    if (e instanceof ClosedByInterruptException) {
      Thread.interrupted();
      throw (InterruptedException)
          new InterruptedException("interrupted while " + doing).initCause(e);
    }
    if (e instanceof AccessDeniedException denied) {
      return refused(doing, "permission denied: '%s'".formatted(denied.getFile()), e);
    }
    if (e instanceof NotDirectoryException) {
      return refused(
          doing,
          "'%s' is a file where a folder should be: move it away".formatted(e.getMessage()),
          e);
    }
    if (e instanceof NoSuchFileException && !Files.isDirectory(root)) {
      return refused(doing, "'%s' has vanished: is the file system mounted?".formatted(root), e);
    }
    String reason =
        e instanceof FileSystemException specific
            ? Objects.requireNonNullElse(specific.getReason(), e.toString())
            : Objects.requireNonNullElse(e.getMessage(), e.toString());
    return switch (reason) {
      case "No space left on device", "Disk quota exceeded" ->
          new StoreException(
              Kind.UNAVAILABLE,
              "%s: the file system of '%s' is full (%s)".formatted(doing, root, reason),
              e);
      case "Not a directory" ->
          refused(doing, "a file lies where a folder should be in '%s'".formatted(root), e);
      case "Read-only file system" ->
          refused(doing, "'%s' is mounted read-only".formatted(root), e);
      case String text when text.equals("Operation not permitted") && doing.startsWith(DELETING) ->
          refused(doing, "a file or folder in '%s' is protected (see lsattr)".formatted(root), e);
      case "Operation not permitted", "Operation not supported", "Function not implemented" ->
          noLinks(root, e);
      default ->
          new StoreException(Kind.UNAVAILABLE, "%s in '%s': %s".formatted(doing, root, reason), e);
    };
  }

  static StoreException noLinks(Path root, Exception cause) {
    return refused(
        "storing",
        "the file system of '%s' permits no hard links, which a local store needs: use another one"
            .formatted(root),
        cause);
  }

  private static StoreException refused(String doing, String message, Exception cause) {
    return new StoreException(Kind.REFUSED, doing + ": " + message, cause);
  }
}
