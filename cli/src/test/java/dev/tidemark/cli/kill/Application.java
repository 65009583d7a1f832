package dev.tidemark.cli.kill;

import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The processes that write to the databases of a round, and one that checkpoints.
final class Application {
  private static final String TABLE = "CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)";

  private final Site site;
  private final Choices choices;
  private final List<Site.Shipped> databases;
  private final Random random;
  private final List<SqliteProcess> writers = new ArrayList<>();
  private Optional<SqliteProcess> checkpointer = Optional.empty();
  private int kills;

  Application(Site site, Choices choices, List<Site.Shipped> databases) {
    this.site = site;
    this.choices = choices;
    this.databases = databases;
    this.random = new Random(choices.seed() + 1);
  }

  /// Makes a database in WAL mode with the table that the writers use; they go on from its state.
  static void create(Site.Shipped database, int pageSize, String autoVacuum) throws IOException {
    try (SqliteProcess made = empty(database.file(), pageSize, autoVacuum)) {
      // The first state of a WAL database; a daemon may see it before the table is there.
      database.journal().append(made);
      made.exec(TABLE);
      database.journal().append(made);
    }
  }

  static SqliteProcess create(Path file, int pageSize, String autoVacuum) throws IOException {
    SqliteProcess made = empty(file, pageSize, autoVacuum);
    made.exec(TABLE);
    return made;
  }

  private static SqliteProcess empty(Path file, int pageSize, String autoVacuum)
      throws IOException {
    SqliteProcess made = SqliteProcess.openAsIs(file);
    made.exec("PRAGMA page_size=" + pageSize);
    made.exec("PRAGMA auto_vacuum=" + autoVacuum);
    made.exec("PRAGMA journal_mode=WAL");
    return made;
  }

  void start() throws IOException {
    while (writers.size() < choices.writers()) {
      startWriter(writers.size());
    }
    if (choices.checkpointer() && checkpointer.isEmpty()) {
      SqliteProcess process = SqliteProcess.openAsIs(databases.getFirst().file());
      checkpointer = Optional.of(process);
      process.startCheckpoints(site.path("checkpoints"), random.nextLong());
    }
  }

  private void startWriter(int i) throws IOException {
    Site.Shipped first = databases.getFirst();
    SqliteProcess process =
        SqliteProcess.openAsIs(random.nextBoolean() ? first.file() : first.name());
    writers.add(i, process);
    Site.Shipped last = databases.getLast();
    process.startTurns(
        new SqliteProcess.Turns(
            site.path("turn"),
            first.journal().file(),
            databases.size() > 1 ? Optional.of(last.file()) : Optional.empty(),
            last.journal().file(),
            choices.turnMicros(),
            random.nextLong()),
        "synchronous=" + choices.synchronous(),
        "wal_autocheckpoint=" + choices.autocheckpoints().get(i),
        "cache_size=20");
  }

  /// As an application closes.
  void close() throws IOException {
    List<SqliteProcess> all = new ArrayList<>(writers);
    checkpointer.ifPresent(all::add);
    writers.clear();
    checkpointer = Optional.empty();
    try {
      for (SqliteProcess process : all) {
        process.stopWrites();
        process.close();
      }
    } catch (IOException e) {
      all.forEach(SqliteProcess::kill);
      throw new Violation("the application failed: " + e.getMessage());
    }
  }

  int kills() {
    return kills;
  }

  /// kill -9 for one, and another one in its place.
  void killWriter() throws IOException {
    kills++;
    int i = random.nextInt(writers.size());
    writers.remove(i).kill();
    startWriter(i);
  }

  void killCheckpointer() throws IOException {
    if (checkpointer.isPresent()) {
      kills++;
      checkpointer.get().kill();
      checkpointer = Optional.empty();
      start();
    }
  }

  /// kill -9 for all. What they left is found by whoever takes the next turn.
  void kill() {
    kills += writers.size();
    writers.forEach(SqliteProcess::kill);
    writers.clear();
    checkpointer.ifPresent(SqliteProcess::kill);
    checkpointer = Optional.empty();
  }

  void pauseOne(int millis) throws IOException, InterruptedException {
    Signals.pause(writers.get(random.nextInt(writers.size())).pid(), millis);
  }
}
