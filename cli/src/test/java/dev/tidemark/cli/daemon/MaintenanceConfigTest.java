package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of a log's maintenance before its first run.
class MaintenanceConfigTest {
  @TempDir Path folder;

  @Test
  void aScratchFolderThatIsNotThereIsRefusedBeforeTheFirstRun() throws Exception {
    String yaml =
        """
        maintenance-scratch: room
        databases:
          - path: a.db
            url: file:///backup/a
            maintenance: %s
        """;
    Path room = folder.resolve("room");
    assertThatThrownBy(() -> read(yaml.formatted("inside")))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "%s:1: 'maintenance-scratch': %s: no such directory; make it first",
            folder.resolve("tidemark.yml"), room);
    Files.createFile(room);
    assertThatThrownBy(() -> read(yaml.formatted("inside")))
        .hasMessageContaining(":1: 'maintenance-scratch': " + room + ": is not a directory");
    Files.delete(room);
    assertThat(read("maintenance: inside\n" + yaml.formatted("off")).databases())
        .as("nobody uses it")
        .extracting(DaemonConfig.Source::maintenance)
        .containsExactly(Optional.empty());
    Files.createDirectory(room);
    assertThat(read(yaml.formatted("inside")).databases().getFirst().maintenance()).isPresent();
    assertThat(room).isEmptyDirectory();
  }

  @Test
  void aPolicyWithoutTransactionsIsToldAtTheStart() throws Exception {
    String yaml =
        "databases: [{path: a.db, url: file:///a, maintenance: inside, keep: 'hourly=7d%s'}]";
    assertThat(maintenance(yaml.formatted("")).warning().orElseThrow())
        .contains("names no transactions in 'hourly=7d'");
    assertThat(maintenance(yaml.formatted(",transactions=1h")).warning()).isEmpty();
    assertThat(maintenance(yaml.replace(", keep: 'hourly=7d%s'", "")).warning()).isEmpty();
  }

  private MaintenanceConfig maintenance(String yaml) throws Exception {
    return read(yaml).databases().getFirst().maintenance().orElseThrow();
  }

  private DaemonConfig read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("tidemark.yml"), yaml);
    return ConfigFile.read(file, _ -> Optional.empty());
  }
}
