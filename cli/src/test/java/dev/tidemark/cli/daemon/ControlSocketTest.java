package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  @TempDir Path folder;

  @Test
  void answersStatusAndSync() throws Exception {
    Path database = database(folder, "app.db");
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      ControlClient client = ControlClient.of(database);
      String position = client.ask("POST", "/sync", false, PATIENCE);
      assertThat(position).matches("0000000000000001/[0-9a-f]{16}");
      assertThat(client.ask("GET", "/status", true, PATIENCE))
          .matches(
              "\\{\"database\":\"%s\",\"local\":\"%2$s\",\"spooled\":\"%2$s\",\"stored\":\"%2$s\",\"lag_ms\":0,\"lag_transactions\":0,\"wal_bytes\":[1-9][0-9]*,\"spool_bytes\":[0-9]+,\"mode\":\"fenced\",\"state\":\"(shipping|idle)\",\"problem\":null,\"audit_passes\":0,\"audit_last_pass\":null,\"audit_pages\":0,\"audit_mismatches\":0,\"proven\":null,\"proven_at\":null,\"proven_from\":null,\"proof_problems\":\\[\\],\"maintained_at\":null,\"maintenance_problem\":null}"
                  .formatted(Pattern.quote(database.toString()), position));
      assertThat(client.ask("GET", "/status", false, PATIENCE)).contains("stored    " + position);
      assertThat(client.ask("POST", "/sync?level=stored&timeout=1s", true, PATIENCE))
          .isEqualTo(
              "{\"position\":\"%s\",\"txid\":\"%s\",\"checksum\":\"%s\",\"level\":\"stored\"}"
                  .formatted(position, position.substring(0, 16), position.substring(17)));
    }
  }

  @Test
  void carriesTheExitCodeOfAFailure() throws Exception {
    Path database = database(folder, "app.db");
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      shipped.loseStore();
      ControlClient client = ControlClient.of(database);
      fails(() -> client.ask("POST", "/sync?timeout=100ms", true, PATIENCE), ExitCode.TIMED_OUT);
      fails(() -> client.ask("POST", "/sync?level=high", true, PATIENCE), ExitCode.USAGE);
      fails(() -> client.ask("POST", "/sync?level=replicated", true, PATIENCE), ExitCode.USAGE);
      fails(() -> client.ask("GET", "/nothing", true, PATIENCE), ExitCode.USAGE);
      assertThat(client.ask("POST", "/sync?level=spooled", false, PATIENCE))
          .startsWith("0000000000000002/");
    }
  }

  @Test
  void isFoundThroughASymbolicLink() throws Exception {
    Path database = database(folder, "app.db");
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), database);
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      assertThat(ControlClient.of(link).ask("POST", "/sync", false, PATIENCE)).isNotEmpty();
    }
  }

  @Test
  void liesElsewhereWhereThePathIsTooLong() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(60)).resolve("e".repeat(60)));
    Path database = database(deep, "app.db");
    Path state = ControlSocket.of(database).state();
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      Path socket = Path.of(Files.readString(state.resolve("control.path")).strip());
      assertThat(socket).exists();
      assertThat(ControlClient.of(database).ask("POST", "/sync", false, PATIENCE)).isNotEmpty();
    }
    assertThat(state.resolve("control.path")).doesNotExist();
  }

  @Test
  void refusesARuntimeFolderThatIsNotOursAlone() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(60)).resolve("e".repeat(60)));
    ControlSocket place = ControlSocket.of(database(deep, "app.db"));
    Path runtime = folder.resolve("tidemark-" + System.getProperty("user.name"));

    Files.createDirectory(runtime);
    for (String writable : new String[] {"rwxrwx---", "rwx----w-"}) {
      Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString(writable));
      fails(() -> place.claim(folder), ExitCode.USAGE);
    }
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(place.claim(folder)).startsWithRaw(runtime);

    Files.delete(runtime);
    Files.createSymbolicLink(runtime, deep);
    assertThatThrownBy(() -> place.claim(folder))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(runtime + " is not a directory");
    assertThat(place.state().resolve("control.path")).doesNotExist();
  }

  @Test
  void refusesARuntimeFolderOfAnotherUser() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(60)).resolve("e".repeat(60)));
    ControlSocket place = ControlSocket.of(database(deep, "app.db"));
    Path runtime = folder.resolve("tidemark-" + System.getProperty("user.name"));
    Files.createDirectory(runtime, OWNER_ONLY);
    UserPrincipal other =
        runtime.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    try {
      Files.setOwner(runtime, other);
    } catch (FileSystemException e) {
      assumeThat(e).as("only root can give a folder away").isNull();
    }
    assertThatThrownBy(() -> place.claim(folder))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(runtime + " belongs to nobody, not to ");
  }

  @Test
  void isForItsOwnerOnly() throws Exception {
    Path database = database(folder, "app.db");
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
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
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      Files.createLink(folder.resolve("kept"), socket);
    }
    Files.move(folder.resolve("kept"), socket);
    fails(
        () -> ControlClient.of(database).ask("GET", "/status", true, PATIENCE), ExitCode.NOT_FOUND);
  }

  @Test
  void refusesARequestThatCannotBeRead() throws Exception {
    Path database = database(folder, "app.db");
    try (ShippedFile shipped = ShippedFile.start(database);
        ControlServer _ = serve(database, shipped)) {
      ControlClient client = ControlClient.of(database);
      fails(() -> client.ask("GET", "/status?a=%zz", true, PATIENCE), ExitCode.USAGE);
      fails(() -> client.ask("GET", "/status now", true, PATIENCE), ExitCode.USAGE);
    }
  }

  @Test
  void refusesSymbolicLinksThatLeadToEachOther() throws Exception {
    Path one = folder.resolve("one.db");
    Path other = Files.createSymbolicLink(folder.resolve("other.db"), one);
    Files.createSymbolicLink(one, other);
    assertThatThrownBy(() -> ControlSocket.of(one))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("too many levels of symbolic links");
  }

  @Test
  void refusesAPointerThatNamesNoPath() throws Exception {
    ControlSocket socket = ControlSocket.of(folder.resolve("app.db"));
    Files.createDirectory(socket.state());
    for (byte[] content : new byte[][] {{'/', 0, 'a'}, {(byte) 0xff}}) {
      Files.write(socket.state().resolve("control.path"), content);
      assertThatThrownBy(socket::find)
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("names no socket");
    }
  }

  private static Path database(Path folder, String name) throws Exception {
    return folder.toRealPath().resolve(name);
  }

  private static ControlServer serve(Path database, ShippedFile shipped) throws Exception {
    return ControlServer.start(
        ControlSocket.of(database), new DatabaseEndpoints(shipped.database(), Background.NONE));
  }

  private static void fails(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ExitCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(code));
  }
}
