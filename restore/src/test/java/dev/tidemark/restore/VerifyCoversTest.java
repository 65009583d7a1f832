package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `verify` says of merged files and snapshots that are damaged, or disagree with the log.
class VerifyCoversTest {
  @TempDir Path dir;

  @Test
  void belowTheBoundaryAreTheEndsThatDamagedCoversLedTo() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    ObjectKey damaged = log.builder.merged(1, 3, 4);
    log.builder.merged(1, 1, 2);
    log.builder.merged(1, 5, 6);
    log.builder.snapshot(8);
    log.builder.boundary(1, 8);
    log.flip(damaged.text(), new Random(2));
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().getFirst().key()).isEqualTo(damaged.text());
    assertThat(result.problems().getFirst().problem()).doesNotContain("made again");
    assertThat(result.problems().getFirst().positions()).contains(range(4, 6));
  }

  @Test
  void damagedCoverThatOthersLeadThroughCanBeMadeAgain() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    List<ObjectKey> covers =
        List.of(log.builder.merged(1, 3, 6), log.builder.snapshot(5), log.builder.snapshot(8));
    for (ObjectKey cover : covers) {
      log.flip(cover.text(), new Random(3));
    }
    VerifyResult result = verify(log.store);
    assertThat(result.problems())
        .extracting(VerifyResult.Problem::key)
        .containsExactlyInAnyOrderElementsOf(covers.stream().map(ObjectKey::text).toList());
    assertThat(result.problems())
        .allMatch(it ->
            it.positions().isEmpty()
                && it.problem().endsWith("; can be made again: tidemark maintain URL --repair"));
  }

  @Test
  void damagedCoverInAHoleCannotBeMadeAgain() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    ObjectKey cover = log.builder.merged(1, 3, 6);
    log.flip(cover.text(), new Random(3));
    log.store.delete(log.slot(4));
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).hasSize(2).noneMatch(it -> it.problem().contains("made again"));
    assertThat(result.problems().getFirst())
        .isEqualTo(problem(log.slot(4), "is missing", range(5, 10)));
  }

  /// A merged file whose pages are not those of the log, and one of another history.
  @Test
  void coverThatDisagreesWithTheLogIsTheOneToBlame() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    ObjectKey wrong = log.wrong(1, 3, 4);
    log.builder.merged(1, 1, 2);
    log.builder.merged(1, 5, 8);
    log.builder.snapshot(6);
    PageHistory other = HarmedLog.history(new Random(7), 10);
    LogBuilder others = new LogBuilder(log.store, TestLog.DATABASE, other);
    ObjectKey foreign = others.merged(1, 1, 6);
    VerifyResult result = verify(log.store);
    assertThat(result.problems())
        .extracting(VerifyResult.Problem::key)
        .containsExactly(wrong.text(), foreign.text());
    assertThat(result.problems().getFirst().problem())
        .startsWith("the pages add up to ")
        .contains("at " + log.history.position(4));
    assertThat(result.problems().getLast().problem())
        .isEqualTo("holds " + other.position(6) + ", which is not in the log");
  }

  /// Below the boundary there are no segments to tell which of two is right.
  @Test
  void soundCoversBesideOneThatIsWrongAreNotBlamed() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    log.builder.merged(1, 1, 2);
    log.builder.merged(1, 3, 4);
    log.builder.merged(1, 5, 6);
    ObjectKey wrong = log.wrong(2, 3, 6);
    log.builder.merged(1, 7, 8);
    log.builder.boundary(1, 8);
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().getFirst().key()).isEqualTo(wrong.text());
    assertThat(result.problems().getFirst().positions()).isEmpty();
    assertThat(result.problems().getFirst().problem()).contains("can be made again");
  }

  @Test
  void soundCoversBehindOneThatIsWrongAreNotBlamed() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    log.builder.merged(1, 1, 2);
    ObjectKey wrong = log.wrong(1, 3, 4);
    log.builder.merged(1, 5, 6);
    log.builder.merged(1, 7, 8);
    log.builder.boundary(1, 8);
    assertThat(verify(log.store).problems())
        .extracting(VerifyResult.Problem::key, VerifyResult.Problem::positions)
        .containsExactly(
            tuple("boundary/00000001.json", Optional.of(range(8, 10))),
            tuple(wrong.text(), Optional.of(range(4, 6))));
  }

  /// Covers are listed after the segments.
  @Test
  void coverOfWhatWasStoredMeanwhileIsNoProblem() throws Exception {
    HarmedLog log = HarmedLog.ofSegments(2, 2, 2, 2, 2);
    String last = log.slot(8);
    byte[] bytes = log.store.bytes(last);
    log.store.delete(last);
    log.builder.merged(1, 7, 10);
    log.builder.snapshot(10);
    assertThat(verify(log.store).problems())
        .hasSize(2)
        .allMatch(it -> it.problem().endsWith("which is not in the log"));
    ObjectStore growing =
        new PassingStore(log.store) {
          @Override
          public ListPage list(String prefix, String after)
              throws StoreException, InterruptedException {
            if (prefix.equals(ObjectKey.MERGED)) {
              log.store.put(last, bytes);
            }
            return super.list(prefix, after);
          }
        };
    assertThat(verify(growing).problems()).isEmpty();
  }

  private static VerifyResult.Problem problem(String key, String problem, String positions) {
    return new VerifyResult.Problem(key, problem, Optional.of(positions));
  }

  private static String range(int first, int last) {
    return new Txid(first) + " to " + new Txid(last);
  }

  private VerifyResult verify(ObjectStore store) throws Exception {
    return new Verify(store, dir, 1, ReadListener.NONE).run();
  }
}
