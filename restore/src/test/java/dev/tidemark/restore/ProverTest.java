package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.CountingStore;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProverTest {
  private static final int COUNT = 60;

  @TempDir Path dir;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private Prover prover(CountingStore store) throws Exception {
    return new Prover(store, "memory", dir.resolve("proof"), () -> now);
  }

  private static long size(TestLog log, ObjectKey key) {
    return log.store.bytes(key.text()).length;
  }

  private void allRounds(Prover prover, Position stored) throws Exception {
    while (prover.round(stored)) {
      assertThat(prover.proof().problems()).isEmpty();
    }
  }

  private Prover proven(TestLog log, CountingStore store) throws Exception {
    Prover prover = prover(store);
    allRounds(prover, log.history.position(log.cuts.getLast()));
    return prover;
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void readsEachSegmentOnceAndNothingElse(int pageBytes) throws Exception {
    TestLog log = new TestLog(pageBytes + 41, pageBytes, COUNT);
    CountingStore store = new CountingStore(log.store);
    Prover prover = prover(store);
    assertThat(prover.proof()).isEqualTo(Proof.NONE);
    for (int first = 1; first <= COUNT; first += 5) {
      ObjectKey key = log.builder.segment(first, first + 4);
      Position stored = log.history.position(first + 4);
      assertThat(prover.isDue(stored)).isTrue();
      now = now.plusSeconds(10);
      long requests = store.requests();
      assertThat(prover.round(stored)).isFalse();
      assertThat(prover.proof())
          .isEqualTo(new Proof(Position.START, Optional.of(stored), Optional.of(now), List.of()));
      assertThat(store.bytes()).isEqualTo(size(log, key));
      if (first > 1) {
        assertThat(store.requests() - requests)
            .as("a listing, the boundary, the segment")
            .isEqualTo(3);
      }
      assertThat(prover.isDue(stored)).as("nothing is new").isFalse();
    }
  }

  @Test
  void goesOnAfterARestartWithWhatIsNew() throws Exception {
    TestLog log = new TestLog(51, 512, COUNT);
    log.builder.segment(1, 20);
    log.builder.segment(21, 30);
    CountingStore store = new CountingStore(log.store);
    Prover before = prover(store);
    before.round(log.history.position(30));
    store.bytes();
    long requests = store.requests();
    Prover after = prover(store);
    assertThat(after.proof()).isEqualTo(before.proof());
    assertThat(after.isDue(log.history.position(30))).isFalse();
    assertThat(store.requests()).as("requests of a restart").isEqualTo(requests);
    ObjectKey key = log.builder.segment(31, 40);
    after.round(log.history.position(40));
    assertThat(after.proof().position()).contains(log.history.position(40));
    assertThat(store.bytes()).isEqualTo(size(log, key));
  }

  @Test
  void beginsAnewWithTheSnapshotIfThatIsCheaper() throws Exception {
    TestLog log = new TestLog(52, 512, COUNT).segments();
    int at = log.cuts.get(log.cuts.size() - 3);
    ObjectKey snapshot = log.builder.snapshot(at);
    CountingStore store = new CountingStore(log.store);
    Prover prover = proven(log, store);
    assertThat(prover.proof().from()).isEqualTo(log.history.position(at));
    assertThat(prover.proof().position()).contains(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEmpty();
    long after = 0;
    for (int i = log.cuts.size() - 3; i + 1 < log.cuts.size(); i++) {
      after += size(log, ObjectKey.Slot.after(log.history.position(log.cuts.get(i))));
    }
    assertThat(store.bytes())
        .as("the state, where its slot ends, the snapshot's own proof, and the rest")
        .isLessThanOrEqualTo(
            2 * size(log, snapshot)
                + after
                + size(
                    log,
                    ObjectKey.Slot.after(log.history.position(log.cuts.get(log.cuts.size() - 4)))));
  }

  @Test
  void beginsAnewWhenTheChecksumsWereDamaged() throws Exception {
    TestLog log = new TestLog(53, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    proven(log, store);
    Path sums = dir.resolve("proof/log.sums");
    byte[] bytes = Files.readAllBytes(sums);
    bytes[3] ^= 1;
    Files.write(sums, bytes);
    // A transaction that does not mend it by writing that page.
    log.history.commit(log.history.transaction(COUNT).commit(), new TreeMap<>());
    log.builder.segment(COUNT + 1, COUNT + 1);
    log.cuts.add(COUNT + 1);
    Prover prover = proven(log, store);
    assertThat(prover.proof().position()).contains(log.history.position(COUNT + 1));
    assertThat(prover.proof().problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "one that shrinks the database", "last"})
  void findsAFlippedByteAsVerifyDoes(String which) throws Exception {
    TestLog log = new TestLog(54, 512, COUNT).segments();
    int i =
        switch (which) {
          case "first" -> 0;
          case "last" -> log.cuts.size() - 2;
          default -> shrinking(log);
        };
    String key = ObjectKey.Slot.after(log.history.position(log.cuts.get(i))).text();
    byte[] sound = log.store.bytes(key);
    for (int at : new int[] {5, sound.length / 2, sound.length - 20, sound.length - 1}) {
      byte[] broken = sound.clone();
      broken[at] ^= 0x10;
      log.store.objects().put(key, broken);
      Files.createDirectories(dir.resolve("scratch"));
      VerifyResult verified =
          new Verify(log.store, dir.resolve("scratch"), 2, ReadListener.NONE).run();
      CountingStore store = new CountingStore(log.store);
      Prover prover = prover(store);
      prover.round(log.history.position(COUNT));
      assertThat(prover.proof().problems())
          .as("byte " + at)
          .isEqualTo(verified.problems())
          .hasSize(1)
          .allMatch(problem -> problem.key().equals(key) && problem.positions().isPresent());
      Position good = log.history.position(log.cuts.get(i));
      assertThat(prover.proof().position())
          .isEqualTo(Optional.of(good).filter(p -> !p.equals(Position.START)));
      assertThat(prover.isDue(log.history.position(COUNT))).as("at once again").isFalse();

      log.store.objects().put(key, sound);
      now = now.plus(Prover.LOOK_AGAIN);
      store.bytes();
      allRounds(prover, log.history.position(COUNT));
      assertThat(prover.proof().problems()).isEmpty();
      assertThat(prover.proof().position()).contains(log.history.position(COUNT));
      assertThat(store.bytes()).as("bytes after the mending").isEqualTo(bytesFrom(log, i));
      deleteProof();
    }
  }

  private static int shrinking(TestLog log) {
    for (int i = 1; i + 2 < log.cuts.size(); i++) {
      for (int txid = log.cuts.get(i) + 1; txid <= log.cuts.get(i + 1); txid++) {
        if (log.history.transaction(txid).commit() < log.history.transaction(txid - 1).commit()) {
          return i;
        }
      }
    }
    throw new AssertionError("another seed is needed");
  }

  private static long bytesFrom(TestLog log, int cut) {
    long bytes = 0;
    for (int i = cut; i + 1 < log.cuts.size(); i++) {
      bytes += size(log, ObjectKey.Slot.after(log.history.position(log.cuts.get(i))));
    }
    return bytes;
  }

  private void deleteProof() throws Exception {
    try (var files = Files.list(dir.resolve("proof"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void findsASegmentThatIsMissingAsVerifyDoes() throws Exception {
    TestLog log = new TestLog(55, 512, COUNT).segments();
    log.store.delete(ObjectKey.Slot.after(log.history.position(log.cuts.get(3))).text());
    VerifyResult verified = new Verify(log.store, dir, 2, ReadListener.NONE).run();
    Prover prover = prover(new CountingStore(log.store));
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEqualTo(verified.problems()).hasSize(1);
    assertThat(prover.proof().position()).contains(log.history.position(log.cuts.get(3)));
  }

  @Test
  void missesTheLastSegmentThatWasStored() throws Exception {
    TestLog log = new TestLog(56, 512, COUNT);
    log.builder.segment(1, 40);
    ObjectKey last = ObjectKey.Slot.after(log.history.position(40));
    Prover prover = prover(new CountingStore(log.store));
    prover.round(log.history.position(42));
    assertThat(prover.proof().problems())
        .containsExactly(
            new VerifyResult.Problem(
                last.text(),
                "is missing, although it was stored",
                Optional.of(new Txid(41) + " to " + new Txid(42))));
    assertThat(prover.proof().position()).contains(log.history.position(40));
  }

  @Test
  void missesAStateThatWasStoredUnderTheSameNumber() throws Exception {
    TestLog log = new TestLog(71, 512, COUNT).segments();
    Prover prover = prover(new CountingStore(log.store));
    Position other = new Position(new Txid(COUNT), new Checksum(-2));
    prover.round(other);
    assertThat(prover.proof().problems())
        .containsExactly(
            new VerifyResult.Problem(
                "log/",
                "holds " + log.history.position(COUNT) + " where " + other + " was stored",
                Optional.of(new Txid(COUNT) + " and later")));
  }

  @Test
  void anObjectThatIsListedAgainAndAgainButNotThereIsAProblem() throws Exception {
    TestLog log = new TestLog(72, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    String key = ObjectKey.Slot.after(log.history.position(log.cuts.get(3))).text();
    store.withhold(key);
    Prover prover = prover(store);
    for (int round = 1; round <= 3; round++) {
      assertThat(prover.proof().problems()).as("before round " + round).isEmpty();
      assertThat(prover.isDue(log.history.position(COUNT))).isTrue();
      prover.round(log.history.position(COUNT));
    }
    assertThat(prover.proof().problems())
        .extracting(VerifyResult.Problem::key, VerifyResult.Problem::problem)
        .containsExactly(tuple(key, "is listed and cannot be read: it is not there"));
  }

  @Test
  void findsThatWhatWasProvenIsGoneAndThatItIsThereAgain() throws Exception {
    TestLog log = new TestLog(57, 512, COUNT + 2);
    while (log.cuts.getLast() < COUNT) {
      int first = log.cuts.getLast() + 1;
      log.builder.segment(first, first + 3);
      log.cuts.add(first + 3);
    }
    CountingStore store = new CountingStore(log.store);
    Prover prover = proven(log, store);
    ObjectKey lost = ObjectKey.Slot.after(log.history.position(20));
    ObjectKey alsoLost = ObjectKey.Slot.after(log.history.position(24));
    byte[] bytes = log.store.bytes(lost.text());
    byte[] others = log.store.bytes(alsoLost.text());
    log.store.delete(lost.text());
    log.store.delete(alsoLost.text());
    now = now.plus(Prover.LOOK_AGAIN);
    log.builder.segment(COUNT + 1, COUNT + 1);
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    VerifyResult.Problem problem =
        new VerifyResult.Problem(
            lost.text(), "is missing", Optional.of(new Txid(21) + " to " + new Txid(28)));
    assertThat(prover.proof().problems()).containsExactly(problem);
    assertThat(prover.proof().position()).contains(log.history.position(20));
    assertThat(prover(store).proof()).as("after a restart").isEqualTo(prover.proof());

    log.store.objects().put(lost.text(), bytes);
    byte[] broken = others.clone();
    broken[others.length / 2] ^= 1;
    log.store.objects().put(alsoLost.text(), broken);
    now = now.plus(Prover.LOOK_AGAIN);
    assertThat(prover.isDue(log.history.position(COUNT + 1))).as("a problem is due").isTrue();
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    assertThat(prover.proof().problems()).hasSize(1);
    assertThat(prover.proof().problems().getFirst().key()).isEqualTo(alsoLost.text());
    assertThat(prover.proof().position()).contains(log.history.position(24));

    LogBuilder otherRun = new LogBuilder(log.store, TestLog.DATABASE, log.history, new Id128(8, 8));
    log.store.objects().put(alsoLost.text(), otherRun.segmentBytes(25, 28));
    now = now.plus(Prover.LOOK_AGAIN);
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    assertThat(prover.proof().problems().getFirst().problem())
        .isEqualTo("is sound, but not the object that was proven");

    log.store.objects().put(alsoLost.text(), others);
    now = now.plus(Prover.LOOK_AGAIN);
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    assertThat(prover.proof().problems()).isEmpty();
    assertThat(prover.proof().position()).contains(log.history.position(COUNT + 1));
  }

  private void roundsToTheEnd(Prover prover, Position stored) throws Exception {
    while (prover.round(stored)) {
      // Until it has seen all of it.
    }
  }

  @Test
  void findsASegmentThatChangedItsSizeAndOneThatDoesNotBelong() throws Exception {
    TestLog log = new TestLog(58, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    proven(log, store);
    String cut = ObjectKey.Slot.after(log.history.position(log.cuts.get(2))).text();
    byte[] bytes = log.store.bytes(cut);
    log.store.objects().put(cut, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    TestLog other = new TestLog(59, 512, COUNT);
    ObjectKey stray = other.builder.segment(log.cuts.get(4) + 1, log.cuts.get(4) + 1);
    log.builder.put(stray, other.store.bytes(stray.text()));
    log.history.full(3);
    log.builder.segment(COUNT + 1, COUNT + 1);
    Prover prover = prover(store);
    prover.round(log.history.position(COUNT + 1));
    assertThat(prover.proof().problems())
        .extracting(VerifyResult.Problem::key)
        .containsExactly(cut, stray.text());
    assertThat(prover.proof().problems().getFirst().problem())
        .isEqualTo("has %d bytes, %d were proven".formatted(bytes.length - 1, bytes.length));
    assertThat(prover.proof().problems().getLast().problem()).startsWith("is not reached");
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void provesCoversOnceWhenTheyAppear(int pageBytes) throws Exception {
    TestLog log = new TestLog(pageBytes + 61, pageBytes, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    Prover prover = proven(log, store);
    store.bytes();
    log.covers();
    long covers = 0;
    for (var object : log.store.objects().entrySet()) {
      covers +=
          object.getKey().startsWith("log/") || !object.getKey().endsWith(".zst")
              ? 0
              : object.getValue().length;
    }
    now = now.plus(Prover.LOOK_AGAIN);
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEmpty();
    assertThat(store.bytes()).isEqualTo(covers);
    now = now.plus(Prover.LOOK_AGAIN);
    prover.round(log.history.position(COUNT));
    assertThat(store.bytes()).as("again").isZero();
  }

  @Test
  void findsAMergedFileWithAStalePage() throws Exception {
    TestLog log = new TestLog(62, 512, COUNT);
    for (int txid = 1; txid <= COUNT; txid++) {
      log.builder.segment(txid, txid);
    }
    SortedMap<Long, byte[]> pages = log.history.merged(2, 30);
    pages.put(pages.firstKey(), new byte[512]);
    ObjectKey key =
        new ObjectKey.Merged(1, new Txid(2), new Txid(30), log.history.position(30).checksum());
    log.builder.put(key, log.builder.mergedBytes(2, 30, pages));
    log.builder.merged(1, 31, 40);
    VerifyResult verified = new Verify(log.store, dir, 2, ReadListener.NONE).run();
    Prover prover = prover(new CountingStore(log.store));
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEqualTo(verified.problems()).hasSize(1);
    assertThat(prover.proof().position()).contains(log.history.position(COUNT));
  }

  @Test
  void findsASnapshotOfAnotherHistory() throws Exception {
    TestLog log = new TestLog(63, 512, COUNT).segments();
    TestLog other = new TestLog(64, 512, COUNT);
    ObjectKey beyond = other.builder.snapshot(COUNT);
    log.builder.put(beyond, other.store.bytes(beyond.text()));
    VerifyResult verified = new Verify(log.store, dir, 2, ReadListener.NONE).run();
    Prover prover = prover(new CountingStore(log.store));
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEqualTo(verified.problems()).hasSize(1);
  }

  @Test
  void goesOnBehindABoundaryThatOvertookIt() throws Exception {
    TestLog log = new TestLog(65, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    Prover prover = prover(store);
    prover.round(log.history.position(COUNT));
    log.covers();
    int boundary = log.boundary();
    now = now.plus(Prover.LOOK_AGAIN);
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).as("what went below the boundary").isEmpty();

    Prover late = new Prover(store, "memory", dir.resolve("late"), () -> now);
    late.round(log.history.position(COUNT));
    assertThat(late.proof().problems()).isEmpty();
    assertThat(late.proof().position()).contains(log.history.position(COUNT));
    assertThat(late.proof().from().txid().value()).isGreaterThanOrEqualTo(boundary);
  }

  @Test
  void beginsAnewWhereTheBoundaryHasPassedIt() throws Exception {
    TestLog log = new TestLog(69, 512, COUNT).segments();
    MemoryStore early = new MemoryStore();
    for (var object : log.store.objects().entrySet()) {
      boolean isLate =
          object.getKey().startsWith("log/")
              && Long.parseLong(object.getKey().substring(4, 20), 16) > log.cuts.get(3);
      if (!isLate) {
        early.objects().put(object.getKey(), object.getValue());
      }
    }
    prover(new CountingStore(early)).round(log.history.position(log.cuts.get(3)));
    log.covers();
    int boundary = log.boundary();
    assertThat(boundary).isGreaterThan(log.cuts.get(3));
    Prover prover = prover(new CountingStore(log.store));
    assertThat(prover.proof().position()).contains(log.history.position(log.cuts.get(3)));
    prover.round(log.history.position(COUNT));
    assertThat(prover.proof().problems()).isEmpty();
    assertThat(prover.proof().position()).contains(log.history.position(COUNT));
    assertThat(prover.proof().from().txid().value()).isGreaterThanOrEqualTo(boundary);
  }

  @Test
  void aListingThatIsLateIsNoProblem() throws Exception {
    TestLog log = new TestLog(70, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    Prover prover = prover(store);
    for (int cut : new int[] {4, log.cuts.size() - 2}) {
      store.leaveOut(ObjectKey.Slot.after(log.history.position(log.cuts.get(cut))).text());
      prover.round(log.history.position(COUNT));
      assertThat(prover.proof().problems()).isEmpty();
      assertThat(prover.proof().position()).contains(log.history.position(log.cuts.get(cut)));
      assertThat(prover.isDue(log.history.position(COUNT))).as("soon again").isTrue();
    }
    store.leaveOut("");
    roundsToTheEnd(prover, log.history.position(COUNT));
    store.leaveOut(ObjectKey.Slot.after(log.history.position(log.cuts.get(2))).text());
    now = now.plus(Prover.LOOK_AGAIN);
    roundsToTheEnd(prover, log.history.position(COUNT));
    assertThat(prover.proof().problems()).as("among what was proven").isEmpty();
  }

  @Test
  void aStoreThatIsAwayIsNoProblem() throws Exception {
    TestLog log = new TestLog(66, 512, COUNT).segments();
    CountingStore store = new CountingStore(log.store);
    Prover prover = prover(store);
    store.away(true);
    assertThatThrownBy(() -> prover.round(log.history.position(COUNT)))
        .isInstanceOf(StoreException.class);
    assertThat(prover.proof().problems()).isEmpty();
    store.away(false);
    assertThat(prover.isDue(log.history.position(COUNT))).isTrue();
    allRounds(prover, log.history.position(COUNT));
    assertThat(prover.proof().position()).contains(log.history.position(COUNT));
  }

  @Test
  void provesAnotherLogAtTheSamePlaceFromItsBeginning() throws Exception {
    TestLog log = new TestLog(67, 512, COUNT).segments();
    proven(log, new CountingStore(log.store));
    TestLog other = new TestLog(68, 512, COUNT + 5).segments();
    other
        .store
        .objects()
        .put(
            "database.json",
            new String(other.store.bytes("database.json"), java.nio.charset.StandardCharsets.UTF_8)
                .replace(TestLog.DATABASE.toString(), "0".repeat(31) + "1")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Prover prover = prover(new CountingStore(other.store));
    prover.round(other.history.position(COUNT + 5));
    assertThat(prover.proof().position()).as("of the other log").isEmpty();
    assertThat(prover.proof().problems().getFirst().problem()).contains("belongs to database");
  }
}
