package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void everyPositionEqualsTheModel(int pageBytes) throws Exception {
    TestLog log = new TestLog(pageBytes, pageBytes, 70).segments();
    checkAll(log, 1);
    log.covers();
    checkAll(log, 1);
    int boundary = log.boundary();
    checkAll(log, boundary);
  }

  @Test
  void positionsBelowTheBoundaryComeFromCoversOrNotAtAll() throws Exception {
    TestLog log = new TestLog(1, 512, 100).segments().covers();
    int boundary = log.boundary();
    int restored = 0;
    for (int txid = 1; txid < boundary; txid++) {
      Path out = dir.resolve("out" + txid);
      try {
        restore(log.store, new RestoreTarget.AtTxid(new Txid(txid)), out);
        assertThat(Files.readAllBytes(out)).as("txid %d", txid).isEqualTo(log.history.file(txid));
        assertThat(log.cuts).contains(txid);
        restored++;
      } catch (PositionNotFoundException e) {
        assertThat(e).hasMessageContaining("is not kept on its own");
        assertThat(out).doesNotExist();
      }
    }
    assertThat(restored).isGreaterThan(2);
  }

  @Test
  void resultTellsWhatWasDone() throws Exception {
    TestLog log = new TestLog(2, 1024, 30).segments();
    RestoreResult result = restore(log.store, new RestoreTarget.Latest(), dir.resolve("out.db"));
    PageHistory.Transaction last = log.history.transaction(30);
    assertThat(result.position()).isEqualTo(last.after());
    assertThat(result.timestamp()).isEqualTo(Instant.ofEpochMilli(last.timeMillis()));
    assertThat(result.pages()).isEqualTo(last.commit());
    assertThat(result.bytes()).isEqualTo(last.commit() * 1024);
    assertThat(result.objects()).isPositive();
  }

  @Test
  void timesFindTheLastTransactionNotLater() throws Exception {
    TestLog log = new TestLog(3, 512, 40).segments().covers();
    for (int txid = 2; txid <= 40; txid += 2) {
      // Transactions 2n and 2n+1 have the same time.
      long time = log.history.transaction(txid).timeMillis();
      int expected = Math.max(txid, Math.min(40, time == timeOf(log, txid + 1) ? txid + 1 : txid));
      Path out = dir.resolve("t" + txid);
      RestoreResult result =
          restore(log.store, new RestoreTarget.AtTime(Instant.ofEpochMilli(time + 1)), out);
      assertThat(result.position()).isEqualTo(log.history.position(expected));
      assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(expected));
    }
    assertThatThrownBy(() ->
            restore(log.store, new RestoreTarget.AtTime(Instant.EPOCH), dir.resolve("too-old")))
        .isInstanceOf(PositionNotFoundException.class);
  }

  @Test
  void timesBeyondAllMillisecondsAreBeforeOrAfterEverything() throws Exception {
    TestLog log = new TestLog(3, 512, 4).segments();
    assertThat(restore(log.store, new RestoreTarget.AtTime(Instant.MAX), dir.resolve("last")))
        .extracting(RestoreResult::position)
        .isEqualTo(log.history.position(4));
    assertThatThrownBy(
            () -> restore(log.store, new RestoreTarget.AtTime(Instant.MIN), dir.resolve("first")))
        .isInstanceOf(PositionNotFoundException.class);
  }

  private static long timeOf(TestLog log, int txid) {
    return txid > log.history.count() ? -1 : log.history.transaction(txid).timeMillis();
  }

  @Test
  void pageSizeMayChangeWithAFullTransaction() throws Exception {
    PageHistory small = PageHistory.random(new PageSize(512), new Random(4), 5, 9);
    MemoryStore store = new MemoryStore();
    new LogBuilder(store, TestLog.DATABASE, small).database().segment(1, 5);
    // The same transactions at another page size; only the full one after the change is stored.
    PageHistory large =
        PageHistory.random(new PageSize(4096), new Random(4), 5, 9).continuing(small);
    large.full(3);
    large.commit(3, new TreeMap<>(large.merged(6, 6).headMap(2L)));
    new LogBuilder(store, TestLog.DATABASE, large).segment(6, 7);
    restore(store, new RestoreTarget.Latest(), dir.resolve("new"));
    restore(store, new RestoreTarget.AtTxid(new Txid(5)), dir.resolve("old"));
    assertThat(Files.readAllBytes(dir.resolve("new"))).isEqualTo(large.file(7));
    assertThat(Files.readAllBytes(dir.resolve("old"))).isEqualTo(small.file(5));
  }

  @Test
  void slotOneMayHoldASnapshot() throws Exception {
    TestLog log = new TestLog(5, 512, 20);
    log.builder.snapshotSlot(12);
    log.builder.segment(13, 20);
    for (int txid = 12; txid <= 20; txid++) {
      Path out = dir.resolve("s" + txid);
      restore(log.store, new RestoreTarget.AtTxid(new Txid(txid)), out);
      assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(txid));
    }
    assertThatThrownBy(
            () -> restore(log.store, new RestoreTarget.AtTxid(new Txid(5)), dir.resolve("inside")))
        .isInstanceOf(PositionNotFoundException.class)
        .hasMessageContaining("first that can be had is " + log.history.position(12));
  }

  @Test
  void nothingIsThere() {
    assertThatThrownBy(
            () -> restore(new MemoryStore(), new RestoreTarget.Latest(), dir.resolve("out")))
        .isInstanceOf(PositionNotFoundException.class)
        .hasMessageContaining("no backup");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-wal", "-shm", "-journal"})
  void whatStandsAtTheTargetIsKeptUnlessForced(String suffix) throws Exception {
    TestLog log = new TestLog(6, 512, 5).segments();
    Path out = dir.resolve("app.db");
    Path standing = Files.writeString(dir.resolve("app.db" + suffix), "old");
    assertThatThrownBy(() -> restore(log.store, new RestoreTarget.Latest(), out))
        .isInstanceOfSatisfying(
            TargetExistsException.class, e -> assertThat(e.file()).isEqualTo(standing));
    assertThat(standing).hasContent("old");
    assertThat(names()).containsExactly("app.db" + suffix);

    new Restore(log.store, RestoreOptions.DEFAULT.withForce()).run(new RestoreTarget.Latest(), out);
    assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(5));
    assertThat(names()).containsExactly("app.db");
  }

  @Test
  void whatIsReplacedKeepsItsOwnerAndPermissions() throws Exception {
    TestLog log = new TestLog(6, 512, 5).segments();
    Path out = Files.writeString(dir.resolve("app.db"), "old");
    Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-r-----"));
    // Only root can give a file away, and has to give it back.
    if (System.getProperty("user.name").equals("root")) {
      Files.setAttribute(out, "unix:uid", 12345);
      Files.setAttribute(out, "unix:gid", 12346);
    }
    Map<String, Object> before = Files.readAttributes(out, "unix:uid,gid,mode");
    new Restore(log.store, RestoreOptions.DEFAULT.withForce()).run(new RestoreTarget.Latest(), out);
    assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(5));
    assertThat(Files.readAttributes(out, "unix:uid,gid,mode")).isEqualTo(before);
  }

  @Test
  void openTargetIsRefusedEvenWhenForced() throws Exception {
    TestLog log = new TestLog(7, 512, 5).segments();
    Path out = Files.writeString(dir.resolve("app.db"), "old");
    try (FileChannel open = FileChannel.open(out)) {
      assertThatThrownBy(() ->
              new Restore(log.store, RestoreOptions.DEFAULT.withForce())
                  .run(new RestoreTarget.Latest(), out))
          .isInstanceOf(TargetExistsException.class)
          .hasMessageContaining("is open in process");
      assertThat(open.size()).isEqualTo(3);
    }
    assertThat(names()).containsExactly("app.db");
  }

  @Test
  void missingFolderIsSaid() throws Exception {
    TestLog log = new TestLog(8, 512, 5).segments();
    Path out = dir.resolve("none/app.db");
    assertThatThrownBy(() -> restore(log.store, new RestoreTarget.Latest(), out))
        .isInstanceOf(IOException.class)
        .hasMessage(dir.resolve("none") + ": no such directory");
    assertThatThrownBy(() -> restore(log.store, new RestoreTarget.Latest(), dir))
        .isInstanceOf(IOException.class)
        .hasMessage(dir.toRealPath() + ": is a directory");
  }

  @Test
  void restoreGoesOnWhenRetentionReplacesWhatItPlanned() throws Exception {
    TestLog log = new TestLog(10, 512, 60).segments();
    ReplacingStore store = new ReplacingStore(log);
    restore(store, new RestoreTarget.AtTxid(new Txid(60)), dir.resolve("out"));
    assertThat(Files.readAllBytes(dir.resolve("out"))).isEqualTo(log.history.file(60));
    assertThat(store.isReplaced()).isTrue();
  }

  @Test
  void slotsBelowTheBoundaryProveNothing() throws Exception {
    TestLog log = new TestLog(11, 512, 60).segments().covers();
    int boundary = log.boundary();
    // An orphan with other contents at a key that the chain had.
    ObjectKey orphan = ObjectKey.Slot.after(log.history.position(log.cuts.get(1)));
    log.builder.put(orphan, new byte[] {1, 2, 3});
    for (int txid : List.of(boundary, boundary + 1, 60)) {
      Path out = dir.resolve("b" + txid);
      restore(log.store, new RestoreTarget.AtTxid(new Txid(txid)), out);
      assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(txid));
    }
  }

  private void checkAll(TestLog log, int from) throws Exception {
    for (int txid = from; txid <= log.history.count(); txid++) {
      Path out = dir.resolve("out.db");
      restore(log.store, new RestoreTarget.AtTxid(new Txid(txid)), out);
      assertThat(Files.readAllBytes(out)).as("txid %d", txid).isEqualTo(log.history.file(txid));
      Files.delete(out);
      assertThat(names()).isEmpty();
    }
  }

  private static RestoreResult restore(ObjectStore store, RestoreTarget target, Path out)
      throws Exception {
    return new Restore(store, RestoreOptions.DEFAULT).run(target, out);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
