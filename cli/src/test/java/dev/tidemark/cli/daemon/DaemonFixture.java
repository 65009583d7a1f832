package dev.tidemark.cli.daemon;

import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// An application with a database `app.db`, and the real daemon to ship it, in a folder for each
/// test.
abstract class DaemonFixture {
  @TempDir Path folder;

  TidemarkProcess tidemark;
  SqliteProcess application;
  private final List<Process> daemons = new ArrayList<>();

  @BeforeEach
  void createDatabase() throws Exception {
    tidemark = new TidemarkProcess(folder);
    application = SqliteProcess.open(folder.resolve("app.db"));
    application.exec("CREATE TABLE t(x)");
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    // Only those of a test that failed still run.
    daemons.forEach(Process::destroyForcibly);
  }

  /// Starts a daemon that ships to `url`, and does not wait for it.
  final Process replicate(String url, String... options) {
    List<String> line = new ArrayList<>(List.of("replicate", "app.db", url));
    line.addAll(List.of(options));
    Process daemon = tidemark.start("dev.tidemark.cli.Main", line.toArray(String[]::new));
    daemons.add(daemon);
    return daemon;
  }
}
