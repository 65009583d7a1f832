package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String STATUS_TAIL =
      "\"local\":\"0000000000000002/8000000000000001\",\"spooled\":\"0000000000000002/8000000000000001\","
          + "\"stored\":\"0000000000000002/8000000000000001\",\"lag_ms\":0,\"lag_transactions\":0,"
          + "\"wal_bytes\":4152,\"spool_bytes\":17,\"mode\":\"fenced\",\"state\":\"idle\",\"problem\":null}";

  @TempDir Path folder;

  @Test
  void answersStatusAndSync() throws Exception {
    Path database = database(folder, "app.db");
    try (ControlServer _ = serve(database, true)) {
      ControlClient client = ControlClient.of(database);
      assertThat(client.ask("GET", "/status", true, PATIENCE))
          .isEqualTo("{\"database\":\"" + database + "\"," + STATUS_TAIL);
      assertThat(client.ask("GET", "/status", false, PATIENCE)).contains("state     idle");
      assertThat(client.ask("POST", "/sync?level=stored&timeout=1s", true, PATIENCE))
          .isEqualTo(
              "{\"position\":\"0000000000000002/8000000000000001\",\"txid\":\"0000000000000002\","
                  + "\"checksum\":\"8000000000000001\",\"level\":\"stored\"}");
      assertThat(client.ask("POST", "/sync", false, PATIENCE))
          .isEqualTo("0000000000000002/8000000000000001");
    }
  }

  @Test
  void carriesTheExitCodeOfAFailure() throws Exception {
    Path database = database(folder, "app.db");
    try (ControlServer _ = serve(database, false)) {
      ControlClient client = ControlClient.of(database);
      fails(() -> client.ask("POST", "/sync", true, PATIENCE), ExitCode.TIMED_OUT);
      fails(() -> client.ask("POST", "/sync?level=high", true, PATIENCE), ExitCode.USAGE);
      fails(() -> client.ask("GET", "/nothing", true, PATIENCE), ExitCode.USAGE);
      assertThat(client.ask("POST", "/sync?level=spooled", false, PATIENCE)).isNotEmpty();
    }
  }

  @Test
  void isFoundThroughASymbolicLink() throws Exception {
    Path database = database(folder, "app.db");
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), database);
    try (ControlServer _ = serve(database, true)) {
      assertThat(ControlClient.of(link).ask("POST", "/sync", false, PATIENCE)).isNotEmpty();
    }
  }

  @Test
  void liesElsewhereWhereThePathIsTooLong() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(60)).resolve("e".repeat(60)));
    Path database = database(deep, "app.db");
    Path state = ControlSocket.of(database).state();
    try (ControlServer _ = serve(database, true)) {
      Path socket = Path.of(Files.readString(state.resolve("control.path")).strip());
      assertThat(socket).exists();
      assertThat(ControlClient.of(database).ask("POST", "/sync", false, PATIENCE)).isNotEmpty();
    }
    assertThat(state.resolve("control.path")).doesNotExist();
  }

  @Test
  void isForItsOwnerOnly() throws Exception {
    Path database = database(folder, "app.db");
    try (ControlServer _ = serve(database, true)) {
      Path socket = ControlSocket.of(database).state().resolve("control.sock");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(ControlSocket.databasesIn(folder)).containsExactly(folder.resolve("app.db"));
    }
    assertThat(ControlSocket.databasesIn(folder)).isEmpty();
  }

  @Test
  void saysThatNoDaemonRuns() throws Exception {
    Path database = database(folder, "app.db");
    fails(() -> ControlClient.of(database), ExitCode.NOT_FOUND);
  }

  @Test
  void saysThatTheDaemonDied() throws Exception {
    Path database = database(folder, "app.db");
    Path socket = ControlSocket.of(database).state().resolve("control.sock");
    try (ControlServer _ = serve(database, true)) {
      Files.createLink(folder.resolve("kept"), socket);
    }
    Files.move(folder.resolve("kept"), socket);
    fails(
        () -> ControlClient.of(database).ask("GET", "/status", true, PATIENCE), ExitCode.NOT_FOUND);
  }

  private static Path database(Path folder, String name) throws Exception {
    Path database = Files.createFile(folder.toRealPath().resolve(name));
    Files.createDirectory(ControlSocket.of(database).state());
    return database;
  }

  private static ControlServer serve(Path database, boolean storeAnswers) throws Exception {
    return ControlServer.start(
        ControlSocket.of(database),
        new DatabaseEndpoints(new StillDatabase(database, storeAnswers)));
  }

  private static void fails(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ExitCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(code));
  }
}
