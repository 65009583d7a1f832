package dev.tidemark.restore;

import dev.tidemark.store.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// A record in a file that is replaced as a whole. Not synced: what it says can be found out again.
record SmallFile(Path path) {
  /// Empty too if it cannot be understood.
  Optional<JsonObject> read() throws IOException {
    try {
      return Optional.of(JsonObject.parse(Files.readAllBytes(path)));
    } catch (NoSuchFileException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  void write(JsonObject content) throws IOException {
    Path beside = path.resolveSibling(path.getFileName() + ".partial");
    Files.write(beside, content.bytes());
    Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
