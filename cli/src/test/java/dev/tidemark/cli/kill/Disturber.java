package dev.tidemark.cli.kill;

import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Carries out the disturbance of a round, and lets the journal know each state that it makes.
final class Disturber {
  private static final int FENCED = 6;

  private final Site site;
  private final Choices choices;
  private final Site.Shipped database;
  private final Application application;
  private final Daemon daemon;
  private final Random random;
  private final Path copy;
  private final Surroundings surroundings;
  private int replacements;

  Disturber(
      Site site,
      Choices choices,
      Site.Shipped database,
      Application application,
      Daemon daemon,
      Surroundings surroundings) {
    this.site = site;
    this.choices = choices;
    this.database = database;
    this.application = application;
    this.daemon = daemon;
    this.random = new Random(choices.seed() + 3);
    this.copy = site.path("copy.db");
    this.surroundings = surroundings;
  }

  /// How often the database became another one.
  int replacements() {
    return replacements;
  }

  /// Before the first step, while everything runs.
  void prepare() throws IOException, InterruptedException {
    switch (choices.disturbance()) {
      case OLDER_COPY, OLDER_CONTENT -> {
        Thread.sleep(100);
        try (SqliteProcess reader = SqliteProcess.openAsIs(database.file())) {
          reader.saveImage(copy);
        }
      }
      case REPLACED -> Application.create(copy, choices.otherPageSize(), "NONE").close();
      default -> {
        // Nothing is needed.
      }
    }
  }

  void disturb(int millis) throws Exception {
    switch (choices.disturbance()) {
      case NONE, SYMLINK -> Thread.sleep(millis);
      case TWO_DATABASES -> {
        application.kill();
        application.start();
      }
      case VACUUM -> anyhow(millis, this::vacuum);
      case PAGE_SIZE -> down(millis, this::otherPageSize);
      case JOURNAL_MODE -> down(millis, this::rollbackMode);
      case RECREATED -> anyhow(millis, () -> recreate(millis));
      case REPLACED -> anyhow(millis, this::replace);
      case OLDER_COPY -> down(millis, this::replace);
      case OLDER_CONTENT -> down(millis, this::overwrite);
      case MOVED -> anyhow(millis, () -> move(millis));
      case SHM_DELETED -> anyhow(millis, () -> deleteBeside("-shm"));
      case WAL_DELETED -> anyhow(millis, () -> deleteBeside("-wal", "-shm"));
      case STATE_DELETED -> deleteState(millis);
      case STORE_AWAY -> takeStoreAway(millis);
      case SECOND_DAEMON -> startSecond();
      case CHECKPOINTED -> down(millis, this::checkpointed);
      case STATE_DISK_FULL, BUCKET_DISK_FULL -> surroundings.fillDisk(millis);
      case CLOCK_STEPPED -> surroundings.stepClock(millis);
    }
  }

  private interface Change {
    void make() throws IOException, InterruptedException;
  }

  /// Without the application.
  private void alone(Change change) throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      application.close();
    } else {
      application.kill();
      writeDownWhatIsLeft();
    }
    change.make();
    application.start();
  }

  /// What a killed writer may have committed last, and did not write down any more, since the
  /// change may remove it. Looked at in a copy: SQLite would recover and checkpoint the files
  /// themselves.
  private void writeDownWhatIsLeft() throws IOException {
    List<Path> copies = new ArrayList<>();
    for (String suffix : List.of("", "-wal")) {
      if (Files.exists(database.beside(suffix))) {
        copies.add(Files.copy(database.beside(suffix), site.path("left.db" + suffix)));
      }
    }
    try (SqliteProcess left = SqliteProcess.openAsIs(copies.getFirst())) {
      database.journal().appendLeft(left);
    }
    for (Path copy : copies) {
      Files.deleteIfExists(copy);
    }
  }

  /// Without the application and without the daemon.
  private void down(int millis, Change change) throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      daemon.end();
    } else {
      daemon.kill();
    }
    alone(change);
    Thread.sleep(millis);
    daemon.start();
  }

  private void anyhow(int millis, Change change) throws IOException, InterruptedException {
    if (choices.whileDown()) {
      down(millis, change);
    } else {
      alone(change);
    }
  }

  private SqliteProcess open() throws IOException {
    return SqliteProcess.openAsIs(database.file());
  }

  private void vacuum() throws IOException {
    try (SqliteProcess application = open()) {
      database.journal().append(application);
      for (int i = 0; i < 5; i++) {
        // From one kind of auto-vacuum to the other, that is a commit of its own; to the same one,
        // it would be a commit that changes nothing.
        application.exec("PRAGMA auto_vacuum=" + (2 - i % 2));
        database.journal().append(application);
        application.exec("VACUUM");
        database.journal().append(application);
      }
    }
  }

  private void checkpointed() throws IOException {
    List<String> modes = new ArrayList<>(List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE"));
    Collections.shuffle(modes, random);
    try (SqliteProcess application = open()) {
      database.journal().append(application);
      for (String mode : modes) {
        application.exec("INSERT INTO writes SELECT max(n) + 1, randomblob(900) FROM writes");
        database.journal().append(application);
        application.checkpoint(mode);
      }
    }
  }

  private void otherPageSize() throws IOException {
    try (SqliteProcess application = open()) {
      application.exec("PRAGMA journal_mode=DELETE");
      application.exec("PRAGMA page_size=" + choices.otherPageSize());
      application.exec("VACUUM");
      application.exec("PRAGMA journal_mode=WAL");
      database.journal().append(application);
    }
  }

  private void rollbackMode() throws IOException {
    try (SqliteProcess application = open()) {
      application.exec("PRAGMA journal_mode=DELETE");
      for (int i = random.nextInt(3); i >= 0; i--) {
        application.exec("INSERT INTO writes SELECT max(n) + 1, randomblob(2000) FROM writes");
      }
      application.exec("PRAGMA journal_mode=WAL");
      database.journal().append(application);
    }
  }

  private void recreate(int millis) throws IOException, InterruptedException {
    database.delete();
    Thread.sleep(millis);
    Application.create(database, choices.otherPageSize(), choices.autoVacuum());
    replacements++;
  }

  private void replace() throws IOException {
    database.delete();
    Files.move(copy, database.file(), StandardCopyOption.ATOMIC_MOVE);
    replaced();
  }

  private void overwrite() throws IOException {
    for (String suffix : List.of("-wal", "-shm")) {
      Files.deleteIfExists(database.beside(suffix));
    }
    Files.write(database.file(), Files.readAllBytes(copy));
    replaced();
  }

  private void move(int millis) throws IOException, InterruptedException {
    List<String> suffixes =
        Stream.of("", "-wal", "-shm").filter(it -> Files.exists(database.beside(it))).toList();
    for (String suffix : suffixes) {
      Files.move(database.beside(suffix), site.path("moved" + suffix));
    }
    Thread.sleep(millis);
    for (String suffix : suffixes.reversed()) {
      Files.move(site.path("moved" + suffix), database.beside(suffix));
    }
    replaced();
  }

  private void deleteBeside(String... suffixes) throws IOException {
    for (String suffix : suffixes) {
      Files.deleteIfExists(database.beside(suffix));
    }
    replaced();
  }

  private void replaced() throws IOException {
    replacements++;
    try (SqliteProcess application = open()) {
      database.journal().append(application);
    }
  }

  private void deleteState(int millis) throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      daemon.end();
    } else {
      daemon.kill();
    }
    Site.delete(database.state());
    site.depot().calm();
    Thread.sleep(millis);
    daemon.start();
  }

  private void takeStoreAway(int millis) throws IOException, InterruptedException {
    // One that starts, and finds no folder at all where its log should be, ends and says so.
    daemon.awaitOpen();
    site.depot().takeAway();
    Thread.sleep(millis);
    site.depot().bringBack();
  }

  private void startSecond() throws IOException, InterruptedException {
    daemon.awaitUp();
    Site.Result second = site.run("replicate", database.name().toString(), database.url());
    if (second.status() != FENCED || !second.err().contains("another daemon")) {
      throw new Violation(
          "a second daemon ended with %d: %s".formatted(second.status(), second.err()));
    }
  }
}
