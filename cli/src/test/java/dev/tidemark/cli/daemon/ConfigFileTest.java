package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  @TempDir Path folder;

  @Test
  void readsDatabasesWithCommonDefaults() throws Exception {
    DaemonConfig config =
        read(
            """
            http: 127.0.0.1:9797
            prove: 10GiB
            shutdown-timeout: 5s
            sync-interval: 2s
            audit-interval: 7d
            databases:
              - path: app.db
                url: s3://${BUCKET}/app
              - path: /var/other.db
                url: file:///backup/${NAME:-other}
                sync-interval: 100ms
                spool-sync: off
                spool-quota: 2GiB
                audit-interval: off
            """);
    assertThat(config.http())
        .contains(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9797));
    assertThat(config.proveBytesPerDay()).contains(10L << 30);
    assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.databases())
        .containsExactly(
            new DaemonConfig.Source(
                folder.resolve("app.db"),
                "s3://backups/app",
                Optional.empty(),
                Duration.ofSeconds(2),
                DaemonConfig.SPOOL_SYNC,
                DaemonConfig.SPOOL_QUOTA_BYTES,
                DaemonConfig.WAL_CAP_BYTES,
                Optional.of(Duration.ofDays(7)),
                Optional.empty()),
            new DaemonConfig.Source(
                Path.of("/var/other.db"),
                "file:///backup/other",
                Optional.empty(),
                Duration.ofMillis(100),
                Optional.empty(),
                2L << 30,
                DaemonConfig.WAL_CAP_BYTES,
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void readsHowEachLogIsMaintained() throws Exception {
    Files.createDirectory(folder.resolve("room"));
    DaemonConfig config =
        read(
            """
            maintenance: inside
            keep: transactions=48h,daily=${DAYS:-30d}
            databases:
              - path: a.db
                url: file:///backup/a
              - path: b.db
                url: file:///backup/b
                maintenance-interval: 1m
                maintenance-rate: 4MiB
                keep: all
                levels: 1m,2h
                snapshot-every: 7d
                grace: 2h
                boundary-every: 30m
                replica-lag: 1d
                maintenance-scratch: room
              - path: c.db
                url: file:///backup/c
                maintenance: off
            """);
    assertThat(config.databases())
        .extracting(DaemonConfig.Source::maintenance)
        .containsExactly(
            Optional.of(
                new MaintenanceConfig(
                    MaintenanceConfig.INTERVAL,
                    Duration.ofMinutes(60).plusSeconds(30),
                    List.of("--keep=transactions=48h,daily=30d", "--rate=16MiB"))),
            Optional.of(
                new MaintenanceConfig(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(121),
                    List.of(
                        "--boundary-every=30m",
                        "--grace=2h",
                        "--keep=all",
                        "--levels=1m,2h",
                        "--rate=4MiB",
                        "--replica-lag=1d",
                        "--scratch=" + folder.resolve("room"),
                        "--snapshot-every=7d"))),
            Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":1: unknown key 'databse'; did you mean 'databases'? known here: audit-interval, |"
            + " databse: []",
        ":2: unknown key 'snapshots-every'; did you mean 'snapshot-every'? known here |"
            + " databases:~- {path: a, url: b, snapshots-every: 1d}",
        ":1: unknown key 'zzz'; known here | zzz: 1",
        ":1: 'databases' must be a list | databases: app.db",
        ":2: unknown key 'urls'; did you mean 'url'? | databases:~- {path: a, urls: b}",
        ":2: 'url' is missing | databases:~- {path: a}",
        ":3: 'sync-interval': 'soon' is not a duration | databases:~- {path: a, url:"
            + " b}~sync-interval: soon",
        ":3: 'url': the environment variable NOPE is not set | databases:~- path: a~  url: $NOPE",
        ":3: 'prove': '10MB' a day is too little | databases:~- {path: a, url: b}~prove: 10MB",
        ":3: 'maintenance': 'on' is not one of inside, off |"
            + " databases:~- {path: a, url: b}~maintenance: on",
        ":2: 'keep' does nothing without 'maintenance: inside' | databases:~- {path: a, url: b,"
            + " keep: all}",
        ":1: 'keep' does nothing without 'maintenance: inside' |"
            + " keep: all~databases:~- {path: a, url: b}",
        ":3: 'keep': 'some' | databases:~- {path: a, url: b, maintenance: inside}~keep: some",
        ":3: 'http' stands here twice | databases: [{path: a, url: b}]~http: :1~http: :2",
        ": is empty | ''",
      })
  void refusesWithTheLine(String message, String text) {
    String yaml = text.replace("~", "\n").replace("$NOPE", "${NOPE}");
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("tidemark.yml" + message);
  }

  @Test
  void aDefaultIsForThoseWhoseLogTheDaemonMaintains() throws Exception {
    DaemonConfig config =
        read(
            """
            keep: all
            databases:
              - path: a.db
                url: file:///backup/a
              - path: b.db
                url: file:///backup/b
                maintenance: inside
            """);
    assertThat(config.databases().getFirst().maintenance()).isEmpty();
    assertThat(config.databases().getLast().maintenance().orElseThrow().options())
        .contains("--keep=all");
  }

  @Test
  void refusesADatabaseThatTwoEntriesName() throws Exception {
    Path database = Files.createFile(folder.resolve("app.db"));
    Files.createSymbolicLink(folder.resolve("link.db"), database);
    for (String other : new String[] {"app.db", "sub/../app.db", "link.db"}) {
      assertThatThrownBy(() ->
              read(
                  """
                  databases:
                    - path: app.db
                      url: file:///backup/one
                    - path: other.db
                      url: file:///backup/other
                    - path: %s
                      url: file:///backup/two
                  """
                      .formatted(other)))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
          .hasMessage(
              "%s:6: %s is the database of the entry at line 2 too; name each database once",
              folder.resolve("tidemark.yml"), folder.resolve(other));
    }
  }

  @Test
  void refusesALogThatTwoEntriesName() {
    for (String other : new String[] {"backup/app", "./backup/app/", folder + "/backup/app"}) {
      assertThatThrownBy(() ->
              read(
                  """
                  databases:
                    - path: app.db
                      url: backup/app
                    - path: other.db
                      url: %s
                  """
                      .formatted(other)))
          .isInstanceOfSatisfying(
              CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
          .hasMessageStartingWith(folder.resolve("tidemark.yml") + ":4: ")
          .hasMessageContaining("is the URL of the entry at line 2 too");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "backup/app, FOLDER/backup/app",
    "../app, FOLDER/../app",
    "/srv/app, /srv/app",
    "file:///srv/app, file:///srv/app",
    "s3://bucket/app, s3://bucket/app",
    "s3:/bucket/app, s3:/bucket/app",
  })
  void aPlainPathAsUrlCountsFromTheFilesFolder(String url, String expected) throws Exception {
    DaemonConfig config = read("databases: [{path: app.db, url: '" + url + "'}]");
    String parent = folder.resolve("..").normalize().toString();
    assertThat(config.databases().getFirst().url())
        .isEqualTo(expected.replace("FOLDER/..", parent).replace("FOLDER", folder.toString()));
  }

  @Test
  void refusesWhatIsNestedWithoutEnd() {
    for (String bracket : new String[] {"[", "{a: ", "- "}) {
      assertThatThrownBy(() -> read("databases: \n  " + bracket.repeat(50_000)))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("too deep");
    }
  }

  @Test
  void refusesBytesThatAreNoText() throws Exception {
    Path file = folder.resolve("tidemark.yaml");
    Files.write(file, new byte[] {'a', ':', (byte) 0xff});
    assertThatThrownBy(() -> ConfigFile.read(file, _ -> Optional.empty()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("is not text in UTF-8");
  }

  private DaemonConfig read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("tidemark.yml"), yaml);
    Map<String, String> environment = Map.of("BUCKET", "backups");
    return ConfigFile.read(file, name -> Optional.ofNullable(environment.get(name)));
  }
}
