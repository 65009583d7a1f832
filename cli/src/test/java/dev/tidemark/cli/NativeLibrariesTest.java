package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher gives the JVM these files; a name that has changed in a library would go unnoticed.
class NativeLibrariesTest {
  @TempDir Path folder;

  @Test
  void areTheOnesOfThisMachine() throws Exception {
    NativeLibraries.unpack(folder);
    System.load(folder.resolve("libzstd-jni").toString());
    System.load(folder.resolve("libsqlitejdbc").toString());
    assertThat(folder).isDirectoryContaining(file -> file.endsWith("libzstd-jni"));
  }
}
