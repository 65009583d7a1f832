package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose log it is: lost, copied and shared state directories.
class StateDirectoryTest {
  @TempDir Path folder;

  /// Three transactions stored, daemon and application down.
  private Position threeTransactions(Rig rig) throws Exception {
    try (SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      app.exec("INSERT INTO t(x) VALUES (randomblob(20000))");
      app.exec("INSERT INTO t(x) VALUES (randomblob(20000))");
      Position head = Rig.stored(database);
      rig.stop();
      return head;
    }
  }

  private static void write(Rig rig, String sql) throws Exception {
    try (SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec(sql);
    }
  }

  static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void lostUnderARunningDaemonIsReported() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(x)");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      // The daemon may make a file in it meanwhile.
      Files.move(rig.state(), folder.resolve("away"));
      app.exec("INSERT INTO t VALUES (1)");
      Rig.until(
          "it says so",
          () -> database.status().problem().orElse("").contains("the state folder is gone"));
    }
  }

  @Test
  void lostWithTheDatabaseAtTheHeadGoesOn() throws Exception {
    try (Rig rig = new Rig(folder)) {
      Position head = threeTransactions(rig);
      delete(rig.state());
      DatabaseWorker database = rig.start();
      assertThat(Rig.stored(database)).isEqualTo(head);
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("INSERT INTO t(x) VALUES (1)");
        assertThat(Rig.stored(database).txid()).isEqualTo(head.txid().next());
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
    }
  }

  @Test
  void logThatEndsBeforeWhatWasStoredThereSaysSo() throws Exception {
    try (Rig rig = new Rig(folder)) {
      Position head = threeTransactions(rig);
      rig.store().delete(rig.store().list(ObjectKey.LOG, "").objects().getLast().key());
      write(rig, "INSERT INTO t(x) VALUES ('more')");
      assertThat(Rig.endOf(rig.start()))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("is before " + head + ", which this machine stored there");
    }
  }

  @Test
  void lostWithAnotherDatabaseIsFencedWithTheChoices() throws Exception {
    try (Rig rig = new Rig(folder)) {
      Position head = threeTransactions(rig);
      delete(rig.state());
      write(rig, "INSERT INTO t(x) VALUES ('unknown there')");
      assertThat(Rig.endOf(rig.start()))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining(head.toString())
          .hasMessageContaining("tidemark restore")
          .hasMessageContaining("--take-over=" + head);
      rig.stop();
      DatabaseWorker over = rig.takeOver(head).start();
      assertThat(Rig.stored(over).txid()).isEqualTo(head.txid().next());
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
      assertThat(StoredImage.at(rig.store(), head.txid()).position()).isEqualTo(head);
      rig.stop();
      assertThat(Rig.endOf(rig.start()))
          .as("the option, left in a unit file")
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("is not the head");
    }
  }

  @Test
  void ofACloneLosesToWhoPutsFirst() throws Exception {
    Path other = Files.createDirectory(folder.resolve("clone"));
    try (Rig rig = new Rig(folder);
        Rig clone = new Rig(other).store(Rig.local(folder.resolve("bucket")))) {
      Position head = threeTransactions(rig);
      Files.copy(rig.database(), clone.database());
      copy(rig.state(), clone.state());
      write(rig, "INSERT INTO t(x) VALUES ('original')");
      write(clone, "INSERT INTO t(x) VALUES ('clone')");
      DatabaseWorker original = rig.start();
      assertThat(Rig.stored(original).txid()).isEqualTo(head.txid().next());
      DatabaseWorker second = clone.start();
      assertThat(Rig.endOf(second))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("--take-over=");
      assertThat(second.status().state()).isEqualTo(ShipperState.FENCED);
      assertThat(original.status().state()).isNotEqualTo(ShipperState.FENCED);
    }
  }

  @Test
  void ofARunningCloneIsFencedAtItsFirstSlot() throws Exception {
    Path other = Files.createDirectory(folder.resolve("clone"));
    try (Rig rig = new Rig(folder);
        Rig clone = new Rig(other).store(Rig.local(folder.resolve("bucket")))) {
      Position head = threeTransactions(rig);
      Files.copy(rig.database(), clone.database());
      copy(rig.state(), clone.state());
      DatabaseWorker first = rig.start();
      DatabaseWorker second = clone.start();
      assertThat(Rig.stored(first)).isEqualTo(head);
      assertThat(Rig.stored(second)).isEqualTo(head);
      try (SqliteProcess app = SqliteProcess.open(rig.database());
          SqliteProcess theirs = SqliteProcess.open(clone.database())) {
        app.exec("INSERT INTO t(x) VALUES ('original')");
        Position next = Rig.stored(first);
        theirs.exec("INSERT INTO t(x) VALUES ('clone')");
        assertThatThrownBy(() -> Rig.stored(second))
            .isInstanceOf(FencedException.class)
            .hasMessageContaining("is held by run");
        assertThat(StoredImage.latest(rig.store()).position()).isEqualTo(next);
      }
    }
  }

  @Test
  void isHeldByOneProcessAtATime() throws Exception {
    try (Rig rig = new Rig(folder)) {
      threeTransactions(rig);
      try (DaemonProcess daemon = DaemonProcess.start(folder, "app.db", "OFD")) {
        Rig.until("it ships", () -> !daemon.lines().isEmpty());
        assertThatThrownBy(rig::start)
            .isInstanceOf(FencedException.class)
            .hasMessageContaining("process " + daemon.pid());
        daemon.kill();
      }
      Rig.stored(rig.start());
    }
  }

  @Test
  void isHeldOnceWithinAProcess() throws Exception {
    try (Rig rig = new Rig(folder);
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      threeTransactions(rig);
      ShippedDatabase database = shipper.add(rig.config());
      assertThatThrownBy(() -> shipper.add(rig.config())).isInstanceOf(FencedException.class);
      Rig.stored(database);
      try (DaemonProcess daemon = DaemonProcess.start(folder, "app.db", "OFD")) {
        Rig.until("it is refused", () -> !daemon.lines().isEmpty());
        assertThat(daemon.lines().getFirst())
            .startsWith("fenced")
            .contains("process " + ProcessHandle.current().pid());
      }
    }
  }

  @Test
  void ofAnotherLogIsRefused() throws Exception {
    try (Rig rig = new Rig(folder);
        Rig other = new Rig(Files.createDirectory(folder.resolve("other")))) {
      threeTransactions(rig);
      threeTransactions(other);
      rig.store(Rig.local(folder.resolve("other").resolve("bucket")));
      assertThat(Rig.endOf(rig.start()))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("correct the URL");
    }
  }
}
