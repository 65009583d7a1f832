package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which positions `verify` calls lost: those that a restore refuses, no more and no fewer.
class VerifyLossesTest {
  private static final int SEEDS = Integer.getInteger("seeds", 150);

  @TempDir Path dir;

  @Test
  void areThoseThatARestoreRefuses() throws Exception {
    int withLosses = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      HarmedLog log = HarmedLog.random(new Random(seed));
      VerifyResult result = verify(log.store);
      String what =
          "seed %d, boundary %d, %s in %s: %s"
              .formatted(
                  seed, log.boundary, log.story, log.store.objects().keySet(), result.problems());
      NavigableSet<Integer> lost = lost(log, result);
      NavigableSet<Integer> refused = refused(log);
      assertThat(lost.tailSet(log.boundary)).as(what).isEqualTo(refused.tailSet(log.boundary));
      assertThat(refused).as(what).containsAll(lost);
      refused.removeAll(lost);
      refused.removeAll(endsOfUnreached(log, result));
      assertThat(refused).as("below the boundary, %s", what).isEmpty();
      withLosses += lost.isEmpty() ? 0 : 1;
    }
    assertThat(withLosses).isGreaterThan(SEEDS / 4);
  }

  private static NavigableSet<Integer> lost(HarmedLog log, VerifyResult result) {
    TreeSet<Integer> lost = new TreeSet<>();
    for (VerifyResult.Problem problem : result.problems()) {
      for (String range :
          problem.positions().map(it -> List.of(it.split(", ", -1))).orElse(List.of())) {
        int first = number(range);
        int last =
            range.endsWith(" and later")
                ? log.history.count()
                : number(range.substring(range.length() - 16));
        for (int txid = first; txid <= last; txid++) {
          boolean isAbove = txid >= log.boundary;
          if (isAbove || isEndOfACover(log, txid)) {
            lost.add(txid);
          }
        }
      }
    }
    return lost;
  }

  private static boolean isEndOfACover(HarmedLog log, int txid) {
    return log.store.objects().keySet().stream()
        .anyMatch(key ->
            key.startsWith("snapshots/" + new Txid(txid))
                || key.matches("merged/./[0-9a-f]{16}-" + new Txid(txid) + ".*"));
  }

  private static NavigableSet<Integer> endsOfUnreached(HarmedLog log, VerifyResult result) {
    TreeSet<Integer> ends = new TreeSet<>();
    for (VerifyResult.Note note : result.notes()) {
      Optional<ObjectKey> key = ObjectKey.parse(note.key());
      if (key.isPresent() && key.get() instanceof ObjectKey.Merged merged) {
        ends.add((int) merged.last().value());
      }
    }
    assertThat(ends.size()).as("notes of each").isLessThan(10);
    return new TreeSet<>(ends.headSet(log.boundary));
  }

  private static int number(String hex) {
    return (int) Long.parseLong(hex.substring(0, 16), 16);
  }

  private NavigableSet<Integer> refused(HarmedLog log) throws Exception {
    TreeSet<Integer> refused = new TreeSet<>();
    for (int txid = 1; txid <= log.history.count(); txid++) {
      try {
        assertThat(log.restored(txid, dir)).isEqualTo(log.history.position(txid));
      } catch (DamagedLogException _) {
        refused.add(txid);
      } catch (PositionNotFoundException _) {
        assertThat(txid).as(log.story + " at " + txid).isLessThan(log.boundary);
      }
    }
    return refused;
  }

  @Test
  void reachUpToWhereACoverLeadsOn() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    log.store.delete(log.slot(2));
    assertThat(verify(log.store).problems())
        .containsExactly(problem(log.slot(2), "is missing", range(3, 10)));
    log.builder.merged(1, 1, 8);
    assertThat(verify(log.store).problems())
        .containsExactly(problem(log.slot(2), "is missing", range(3, 7)));
    log.builder.snapshot(5);
    assertThat(verify(log.store).problems())
        .containsExactly(problem(log.slot(2), "is missing", range(3, 4) + ", " + range(6, 7)));
  }

  @Test
  void haveOneBeginningHoweverMuchIsDamagedBehindIt() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    log.store.delete(log.slot(2));
    log.flip(log.slot(6), new Random(1));
    assertThat(verify(log.store).problems())
        .hasSize(2)
        .contains(problem(log.slot(2), "is missing", range(3, 10)))
        .anyMatch(it -> it.key().equals(log.slot(6)) && it.positions().isEmpty());
  }

  /// Of another writer: one beside the segment of transactions 5 and 6, or one inside it.
  @ParameterizedTest
  @CsvSource({"5, 1", "5, 2", "5, 3", "6, 1", "6, 2", "6, 3"})
  void areAllThatASegmentThatTheLogDoesNotLeadToMakesDoubtful(int first, long seed)
      throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    PageHistory other = HarmedLog.history(new Random(40 + seed), 10);
    ObjectKey stray = new LogBuilder(log.store, TestLog.DATABASE, other).segment(first, 6);
    VerifyResult result = verify(log.store);
    assertThat(result.problems())
        .anyMatch(it -> it.key().equals(stray.text()) && it.problem().contains("is not reached"));
    assertThat(lost(log, result)).isEqualTo(refused(log)).hasSize(11 - first).contains(10);
    log.builder.snapshot(8);
    assertThat(lost(log, verify(log.store))).isEqualTo(refused(log)).hasSize(8 - first);
  }

  private static VerifyResult.Problem problem(String key, String problem, String positions) {
    return new VerifyResult.Problem(key, problem, Optional.of(positions));
  }

  private static String range(int first, int last) {
    return new Txid(first) + " to " + new Txid(last);
  }

  private VerifyResult verify(MemoryStore store) throws Exception {
    return new Verify(store, dir, 1, ReadListener.NONE).run();
  }
}
