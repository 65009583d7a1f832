package dev.tidemark.cli.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.cli.golden.GoldenCut;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import dev.tidemark.store.s3.FaultProxy;
import dev.tidemark.store.s3.S3TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two real daemons on copies of one database and its state, with one bucket. They take their time:
/// `-Dtidemark.clones=all` runs each test with each kind of store.
@Timeout(180)
class ClonedMachineTest {
  private static S3TestServer server;

  @TempDir Path folder;

  private Optional<Depot> opened = Optional.empty();
  private final List<Machine> machines = new ArrayList<>();

  enum Kind {
    FOLDER,
    S3
  }

  static List<Kind> kindsOfRaces() {
    return kinds(Kind.FOLDER);
  }

  static List<Kind> kindsOfStops() {
    return kinds(Kind.S3);
  }

  private static List<Kind> kinds(Kind usual) {
    boolean all = System.getProperty("tidemark.clones", "").equals("all");
    return all ? List.of(Kind.values()) : List.of(usual);
  }

  @BeforeAll
  static void serve() throws Exception {
    server = S3TestServer.start();
  }

  @AfterAll
  static void endServer() {
    server.close();
  }

  @AfterEach
  void end() throws Exception {
    machines.forEach(Machine::close);
    depot().close();
  }

  /// The URL of the first machine's way to the store, which can be taken away, and of the other's.
  private String[] open(Kind kind) throws Exception {
    if (kind == Kind.FOLDER) {
      opened = Optional.of(new LocalDepot(folder));
      return new String[] {depot().url("bucket"), depot().url("bucket")};
    }
    String bucket = "clones-" + folder.getFileName().toString().replaceAll("[^0-9]", "");
    opened =
        Optional.of(
            new S3Depot(server, FaultProxy.Weather.CALM, bucket, folder.resolve("copies"), 1));
    return new String[] {depot().url("bucket"), server.url(bucket, "bucket").toString()};
  }

  private ObjectStore store(Kind kind, String url) {
    return switch (kind) {
      case FOLDER -> Stores.open(new StoreUrl.Local(folder.resolve("bucket")), false);
      case S3 -> server.open((StoreUrl.S3) StoreUrl.parse(url, Optional.empty()));
    };
  }

  private Depot depot() {
    return opened.orElseThrow();
  }

  private Machine first(String url) throws Exception {
    Machine made = new Machine(folder.resolve("first"), depot().environment());
    machines.add(made);
    try (SqliteProcess application = SqliteProcess.open(made.database())) {
      application.exec("CREATE TABLE t(x)");
    }
    made.start(url);
    made.synced("stored");
    made.end();
    return made;
  }

  private Machine copy(Machine from) throws IOException {
    Machine made = from.copy(folder.resolve("second"), depot().environment());
    machines.add(made);
    return made;
  }

  private static CompletableFuture<Position> later(Machine machine) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return machine.sync("stored");
      } catch (IOException | CommandException e) {
        throw new CompletionException(e);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("kindsOfRaces")
  void exactlyOneGoesOn(Kind kind) throws Exception {
    String[] urls = open(kind);
    Machine a = first(urls[0]);
    Machine b = copy(a);
    a.start(urls[0]);
    b.start(urls[1]);
    a.awaitOpen();
    b.awaitOpen();
    SqliteProcess ofA = a.open();
    SqliteProcess ofB = b.open();
    ofA.exec("INSERT INTO t VALUES ('a')");
    ofB.exec("INSERT INTO t VALUES ('b')");
    var storedA = later(a);
    var storedB = later(b);
    CompletableFuture.allOf(storedA, storedB).exceptionally(_ -> null).join();
    assertThat(storedA.isCompletedExceptionally())
        .as("A: %s, B: %s", storedA, storedB)
        .isNotEqualTo(storedB.isCompletedExceptionally());
    boolean aWon = !storedA.isCompletedExceptionally();
    TidemarkProcess.Result lost = (aWon ? b : a).finish();
    assertThat(lost.status()).isEqualTo(6);
    assertThat(lost.err()).contains("fenced: slot ").contains("is held by run ");
    SqliteProcess winner = aWon ? ofA : ofB;
    winner.exec("INSERT INTO t VALUES ('on')");
    Position end = (aWon ? a : b).sync("stored");
    LogWalk.State last = LogWalk.states(depot().objects("bucket")).getLast();
    assertThat(last.position()).isEqualTo(end);
    assertThat(last.sha256()).isEqualTo(winner.image().sha256());
  }

  /// The first one is stopped with a transaction in its spool, and goes on when the other has long
  /// taken that slot, and a maintainer has even removed it.
  @ParameterizedTest
  @MethodSource("kindsOfStops")
  void oneThatWasStoppedAcknowledgesNothing(Kind kind) throws Exception {
    String[] urls = open(kind);
    Machine zombie = first(urls[0]);
    Machine other = copy(zombie);
    zombie.start(urls[0]);
    zombie.awaitOpen();
    Position before = zombie.sync("stored");
    SqliteProcess ofZombie = zombie.open();
    depot().takeAway();
    ofZombie.exec("INSERT INTO t VALUES ('never stored')");
    zombie.sync("spooled");
    zombie.signal("STOP");
    depot().bringBack();
    other.start(urls[1]);
    other.awaitOpen();
    SqliteProcess ofOther = other.open();
    for (int i = 0; i < 4; i++) {
      ofOther.exec("INSERT INTO t VALUES (" + i + ")");
      other.sync("stored");
    }
    try (ObjectStore store = store(kind, urls[1])) {
      Position boundary = GoldenCut.cut(store, folder);
      assertThat(boundary.txid()).isGreaterThan(before.txid().next());
      var answer = later(zombie);
      zombie.signal("CONT");
      assertThatThrownBy(answer::join).hasCauseInstanceOf(CommandException.class);
      TidemarkProcess.Result end = zombie.finish();
      assertThat(end.status()).isEqualTo(6);
      assertThat(end.err()).contains("fenced: ").contains(boundary.toString());
      ofOther.exec("INSERT INTO t VALUES ('on')");
      Position head = other.sync("stored");
      assertThat(StoredHead.sha256(store, head)).isEqualTo(ofOther.image().sha256());
    }
  }
}
