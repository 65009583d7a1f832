package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.testing.CountingStore;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was proven before, what replaces it, and listings.
class ProverSweepTest extends ProverRig {
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
        new VerifyResult.Problem(lost.text(), "is missing", Optional.of(range(21, COUNT + 1)));
    assertThat(prover.proof().problems())
        .containsExactly(problem)
        .isEqualTo(new Verify(log.store, dir, 2, ReadListener.NONE).run().problems());
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

  private static String range(int first, int last) {
    return new Txid(first) + " to " + new Txid(last);
  }

  /// A merged file leads on behind what is gone, and another segment is gone behind that.
  @Test
  void tellsAllThatIsLostWithASegmentAsVerifyDoes() throws Exception {
    TestLog log = new TestLog(74, 512, COUNT + 1);
    for (int txid = 1; txid < COUNT; txid += 4) {
      log.builder.segment(txid, txid + 3);
    }
    log.cuts.add(COUNT);
    Prover prover = proven(log, new CountingStore(log.store));
    log.builder.merged(1, 5, 20);
    log.builder.merged(2, 1, 24);
    log.builder.snapshot(14);
    for (int after : new int[] {8, 12, 36, 44}) {
      log.store.delete(ObjectKey.Slot.after(log.history.position(after)).text());
    }
    log.builder.segment(COUNT + 1, COUNT + 1);
    now = now.plus(Prover.LOOK_AGAIN);
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    assertThat(prover.proof().problems())
        .extracting(VerifyResult.Problem::positions)
        .containsExactly(
            Optional.of(range(9, 13) + ", " + range(15, 19)),
            Optional.of(range(37, COUNT + 1)),
            Optional.empty());
    assertThat(prover.proof().problems())
        .isEqualTo(new Verify(log.store, dir, 2, ReadListener.NONE).run().problems());
    assertThat(prover.proof().position()).contains(log.history.position(8));
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
    assertThat(verified.problems()).hasSize(1);
    VerifyResult.Problem told = verified.problems().getFirst();
    assertThat(prover.proof().problems())
        .containsExactly(
            new VerifyResult.Problem(
                told.key(), told.problem().replaceFirst("; can be made .*", ""), told.positions()));
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
  void findsThatNothingLeadsToTheBoundaryAnyMore() throws Exception {
    TestLog log = new TestLog(73, 512, COUNT).segments().covers();
    log.boundary();
    CountingStore store = new CountingStore(log.store);
    Prover prover = proven(log, store);
    assertThat(prover.proof().problems()).isEmpty();
    log.store.objects().keySet().removeIf(key -> key.matches("(merged|snapshots)/.*"));
    log.history.full(3);
    log.builder.segment(COUNT + 1, COUNT + 1);
    now = now.plus(Prover.LOOK_AGAIN);
    roundsToTheEnd(prover, log.history.position(COUNT + 1));
    VerifyResult verified = new Verify(log.store, dir, 2, ReadListener.NONE).run();
    assertThat(prover.proof().problems()).isEqualTo(verified.problems()).hasSize(1);
    assertThat(prover.proof().position()).isEmpty();
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
}
