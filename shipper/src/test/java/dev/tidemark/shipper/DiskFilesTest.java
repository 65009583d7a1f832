package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskFilesTest {
  @Test
  void saysWhichFileHasNoRoom() throws Exception {
    Path alwaysFull = Path.of("/dev/full");
    assumeTrue(Files.exists(alwaysFull), "a Linux device");
    try (DiskFiles files = new DiskFiles(Path.of("/dev"));
        StateFiles.Handle handle = files.open("full")) {
      assertThatThrownBy(() -> handle.write(0, new byte[1], 0, 1))
          .isInstanceOf(FileSystemException.class)
          .hasMessage("/dev/full: No space left on device");
    }
  }
}
