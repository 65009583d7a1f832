package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyTest {
  private static final int COUNT = 60;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void soundLogsHaveNoProblems(int pageBytes) throws Exception {
    TestLog log = new TestLog(pageBytes + 1, pageBytes, COUNT).segments();
    assertSound(log);
    assertSound(log.covers());
    log.boundary();
    assertSound(log);
  }

  @Test
  void missingSegmentIsNamedWithWhatIsLost() throws Exception {
    TestLog log = new TestLog(32, 512, COUNT).segments();
    int first = log.cuts.get(3) + 1;
    ObjectKey lost = ObjectKey.Slot.after(log.history.position(first - 1));
    log.store.delete(lost.text());
    VerifyResult result = verify(log.store);
    assertThat(result.problems())
        .containsExactly(
            new VerifyResult.Problem(
                lost.text(),
                "is missing",
                Optional.of(new Txid(first) + " to " + new Txid(COUNT))));
    assertThat(result.head()).contains(log.history.position(COUNT));
  }

  @Test
  void mergedFileWithAStalePageIsFoundAndLeftOutByARestore() throws Exception {
    TestLog log = new TestLog(33, 512, COUNT).segments();
    int last = log.cuts.get(4);
    SortedMap<Long, byte[]> pages = log.history.merged(2, last);
    long pgno = pages.firstKey();
    pages.put(pgno, new byte[512]);
    ObjectKey key =
        new ObjectKey.Merged(1, new Txid(2), new Txid(last), log.history.position(last).checksum());
    // Cut so that the merged file begins where a segment does.
    TestLog again = new TestLog(33, 512, COUNT);
    again.builder.segment(1, 1);
    for (int txid = 2; txid <= COUNT; txid++) {
      again.builder.segment(txid, txid);
    }
    again.builder.put(key, log.builder.mergedBytes(2, last, pages));
    VerifyResult result = verify(again.store);
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().getFirst().key()).isEqualTo(key.text());
    assertThat(result.problems().getFirst().problem()).contains("the pages add up to");

    Path out = dir.resolve("out");
    new Restore(again.store, RestoreOptions.DEFAULT)
        .run(new RestoreTarget.AtTxid(new Txid(last)), out);
    assertThat(Files.readAllBytes(out)).isEqualTo(log.history.file(last));
  }

  @Test
  void snapshotOfAnotherHistoryIsAProblem() throws Exception {
    TestLog log = new TestLog(34, 512, COUNT).segments();
    TestLog other = new TestLog(35, 512, COUNT);
    ObjectKey beyond = other.builder.snapshot(COUNT);
    log.builder.put(beyond, other.store.bytes(beyond.text()));
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().getFirst().key()).isEqualTo(beyond.text());
    assertThat(result.problems().getFirst().problem()).contains("is not in the log");
  }

  @Test
  void orphanAboveTheBoundaryIsAProblem() throws Exception {
    TestLog log = new TestLog(36, 512, COUNT).segments();
    TestLog other = new TestLog(37, 512, COUNT);
    ObjectKey orphan = other.builder.segment(log.cuts.get(3) + 1, log.cuts.get(3) + 1);
    log.builder.put(orphan, other.store.bytes(orphan.text()));
    assertThat(verify(log.store).problems())
        .anyMatch(p -> p.key().equals(orphan.text()) && p.problem().contains("is not reached"));
  }

  @Test
  void recordOfANewerFormatIsAProblem() throws Exception {
    TestLog log = new TestLog(38, 512, 5).segments();
    log.store.objects().put("database.json", "{\"format\":2}".getBytes(StandardCharsets.UTF_8));
    VerifyResult result = verify(log.store);
    assertThat(result.problems().getFirst().problem()).contains("newer version");
  }

  @Test
  void emptyStoreIsNoBackup() {
    assertThatThrownBy(() -> verify(new MemoryStore()))
        .isInstanceOf(PositionNotFoundException.class);
  }

  @Test
  void liveDatabaseIsComparedPageByPage() throws Exception {
    TestLog log = new TestLog(39, 512, COUNT).segments();
    byte[] file = log.history.file(COUNT).clone();
    Verify verify = new Verify(log.store, dir, 4, ReadListener.NONE);
    assertThat(verify.against(live(file)).ok()).isTrue();
    file[file.length - 1] ^= 1;
    VerifyResult result = verify.against(live(file));
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().getFirst().problem())
        .endsWith("in 1 page, the first is " + file.length / 512);
  }

  @Test
  void pagesThatWereWrittenMeanwhileAreNotCompared() throws Exception {
    TestLog log = new TestLog(39, 512, COUNT).segments();
    byte[] head = log.history.file(COUNT);
    int last = head.length / 512;
    byte[] before = Arrays.copyOf(head, head.length - 512);
    before[0] ^= 1;
    Verify verify = new Verify(log.store, dir, 4, ReadListener.NONE);
    assertThat(verify.against(live(before, 1, last)).ok()).isTrue();
    assertThat(verify.against(live(before, 1)).problems().getFirst().problem())
        .endsWith("in 1 page, the first is " + last);
    assertThat(verify.against(live(before, last)).problems().getFirst().problem())
        .endsWith("in 1 page, the first is 1");
  }

  private static LivePages live(byte[] file, long... written) {
    return new LivePages() {
      @Override
      public long pages() {
        return file.length / 512;
      }

      @Override
      public long checksum(long pgno) {
        return PageChecksum.of(pgno, file, (int) (pgno - 1) * 512, 512);
      }

      @Override
      public boolean wasWritten(long pgno) {
        return Arrays.stream(written).anyMatch(each -> each == pgno);
      }
    };
  }

  private void assertSound(TestLog log) throws Exception {
    VerifyResult result = verify(log.store);
    assertThat(result.problems()).isEmpty();
    assertThat(result.head()).contains(log.history.position(COUNT));
    assertThat(result.objects()).isPositive();
  }

  private VerifyResult verify(MemoryStore store) throws Exception {
    return new Verify(store, dir, 4, ReadListener.NONE).run();
  }
}
