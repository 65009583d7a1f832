package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  @TempDir Path dir;

  @Test
  void isRemovedWhenNothingIsLeftInIt() throws Exception {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    Path used = Files.createDirectory(dir.resolve("used"));
    Files.createFile(used.resolve("tidemark.json"));
    StateFolder.removeIfEmpty(empty);
    StateFolder.removeIfEmpty(used);
    assertThat(empty).doesNotExist();
    assertThat(used.resolve("tidemark.json")).exists();
  }

  /// As where a disk of its own is mounted there.
  @Test
  void thatCannotBeRemovedIsLeftAlone() {
    assertThatCode(() -> StateFolder.removeIfEmpty(Path.of("/"))).doesNotThrowAnyException();
  }
}
