package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.UnfinishedUpload;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What `verify` notes beside the log.
class VerifyLeftoversTest {
  private static final int COUNT = 60;

  @TempDir Path dir;

  @Test
  void leftoversAndForeignNamesAreNotes() throws Exception {
    TestLog log = new TestLog(31, 512, COUNT).segments().covers();
    log.boundary();
    log.store.objects().put("log/readme.txt", new byte[] {1, 2});
    long leftovers = log.store.objects().keySet().stream().filter(k -> isBelow(log, k)).count();
    VerifyResult result = verify(log.store);
    assertThat(result.ok()).isTrue();
    assertThat(result.notes()).hasSize((int) leftovers + 1);
    assertThat(result.notes())
        .contains(note("log/readme.txt", "is no name of Tidemark's; 2 bytes"));
  }

  @Test
  void manyLeftoversOfAKindAreOneNote() throws Exception {
    TestLog log = new TestLog(40, 512, COUNT);
    long bytes = 0;
    for (int txid = 1; txid <= COUNT; txid++) {
      ObjectKey key = log.builder.segment(txid, txid);
      bytes += txid <= 40 ? log.store.bytes(key.text()).length : 0;
    }
    log.builder.snapshot(40);
    log.builder.boundary(1, 40);
    for (int i = 10; i < 30; i++) {
      log.store.objects().put("elsewhere/" + i, new byte[i]);
    }
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).isEmpty();
    assertThat(result.notes())
        .containsExactly(
            note(
                slot(log, 1),
                "and 39 more up to %s lie below the boundary and prove nothing; %d bytes in all"
                    .formatted(slot(log, 40), bytes)),
            note(
                "elsewhere/10",
                "and 19 more up to elsewhere/29 are no names of Tidemark's; 390 bytes in all"));
  }

  @Test
  void eachOfAFewLeftoversIsANote() throws Exception {
    TestLog log = new TestLog(40, 512, COUNT);
    for (int txid = 1; txid <= COUNT; txid++) {
      log.builder.segment(txid, txid);
    }
    log.builder.snapshot(10);
    log.builder.boundary(1, 10);
    assertThat(verify(log.store).notes())
        .hasSize(10)
        .last()
        .isEqualTo(
            note(
                slot(log, 10),
                "lies below the boundary %s and proves nothing; %d bytes"
                    .formatted(log.history.position(10), log.store.bytes(slot(log, 10)).length)));
  }

  @Test
  void mergedFileThatNothingLeadsToIsANote() throws Exception {
    TestLog log = new TestLog(41, 512, COUNT).segments();
    TestLog other = new TestLog(42, 512, COUNT);
    ObjectKey orphan = other.builder.merged(1, 5, 8);
    log.builder.put(orphan, other.store.bytes(orphan.text()));
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).isEmpty();
    assertThat(result.notes())
        .containsExactly(
            note(
                orphan.text(),
                "continues from %s, which nothing leads to; %d bytes"
                    .formatted(other.history.position(4), log.store.bytes(orphan.text()).length)));
  }

  @Test
  void uploadsThatNeverEndedAreNotes() throws Exception {
    TestLog log = new TestLog(43, 512, COUNT).segments();
    Instant begun = Instant.parse("2026-01-31T12:00:00Z");
    List<UnfinishedUpload> uploads =
        List.of(
            new UnfinishedUpload("snapshots/a", "1", begun),
            new UnfinishedUpload("snapshots/b", "2", Listed.UNKNOWN));
    String words = "is an upload that never ended, or is under way";
    assertThat(verify(telling(log.store, () -> uploads)).notes())
        .containsExactly(
            note("snapshots/a", words + "; begun 2026-01-31T12:00:00Z"),
            note("snapshots/b", words));
  }

  @ParameterizedTest
  @EnumSource(StoreException.Kind.class)
  void uploadsThatCannotBeListedAreNoProblem(StoreException.Kind kind) throws Exception {
    TestLog log = new TestLog(43, 512, COUNT).segments();
    VerifyResult result =
        verify(
            telling(
                log.store,
                () -> {
                  throw new StoreException(kind, "no right");
                }));
    assertThat(result.ok()).isTrue();
    assertThat(result.head()).contains(log.history.position(COUNT));
    assertThat(result.notes())
        .containsExactly(note("uploads", "whether any never ended is not known: no right"));
  }

  private interface Uploads {
    List<UnfinishedUpload> all() throws StoreException;
  }

  private static ObjectStore telling(ObjectStore store, Uploads uploads) {
    return new PassingStore(store) {
      @Override
      public StoreInsight insight() {
        return new StoreInsight() {
          @Override
          public List<UnfinishedUpload> unfinishedUploads(String prefix) throws StoreException {
            assertThat(prefix).isEmpty();
            return uploads.all();
          }
        };
      }
    };
  }

  private static VerifyResult.Note note(String key, String text) {
    return new VerifyResult.Note(key, text);
  }

  /// The key of the segment that begins with a transaction.
  private static String slot(TestLog log, int txid) {
    return ObjectKey.Slot.after(log.history.position(txid - 1)).text();
  }

  private static boolean isBelow(TestLog log, String key) {
    return key.startsWith("log/00")
        && Long.parseLong(key.substring(4, 20), 16)
            <= log.cuts.get((log.cuts.size() - 1) * 2 / 3 / 4 * 4);
  }

  private VerifyResult verify(ObjectStore store) throws Exception {
    return new Verify(store, dir, 4, ReadListener.NONE).run();
  }
}
