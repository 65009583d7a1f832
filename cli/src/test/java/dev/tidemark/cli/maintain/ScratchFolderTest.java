package dev.tidemark.cli.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {
  @TempDir Path folder;

  @Test
  void aFolderThatTakesFilesIsLeftAsItIs() {
    ScratchFolder.check(folder);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysWhatIsWrongWithAPath() throws Exception {
    Path none = folder.resolve("none");
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> ScratchFolder.check(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(none + ": no such directory; make it first");
    assertThatThrownBy(() -> ScratchFolder.check(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": is not a directory; name another one");
  }

  /// Nobody may make a file there, not even root.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatTakesNoFilesIsRefused() {
    assertThatThrownBy(() -> ScratchFolder.check(Path.of("/proc")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("/proc: no file can be made in it: ")
        .hasMessageEndingWith("; name another directory");
  }
}
