package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.CountingStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is new in a log, and what is wrong with it.
class ProverTest extends ProverRig {
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
      roundsToTheEnd(prover, log.history.position(COUNT));
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
    roundsToTheEnd(prover, log.history.position(COUNT));
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
