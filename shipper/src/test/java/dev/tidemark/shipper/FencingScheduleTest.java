package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.testing.FaultyStore;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Schedules that broke earlier rules for writers, step by step; each must be harmless. The
/// application's life is a [PageHistory]; two of them diverge.
class FencingScheduleTest {
  private static final Id128 DATABASE = new Id128(1, 1);
  private static final Id128 RUN_A = new Id128(10, 1);
  private static final Id128 RUN_B = new Id128(20, 2);
  private static final PageSize PAGES = new PageSize(512);

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private final PageHistory lifeA = PageHistory.random(PAGES, new Random(1), 4, 6);
  private final PageHistory lifeB = PageHistory.random(PAGES, new Random(2), 4, 6);
  private final LogBuilder writesA = new LogBuilder(store, DATABASE, lifeA, RUN_A);
  private final LogBuilder writesB = new LogBuilder(store, DATABASE, lifeB, RUN_B);

  @BeforeEach
  void database() throws Exception {
    writesA.database();
  }

  private Uploader uploader(dev.tidemark.store.ObjectStore through, Id128 run) {
    return new Uploader(through, new DiskFiles(folder), DATABASE, Set.of(run), Optional.empty());
  }

  /// A closed segment in a spool.
  private SpooledObject spooled(LogBuilder writer, PageHistory life, int first, int last)
      throws Exception {
    DiskFiles files = new DiskFiles(folder);
    String name = SpooledObject.fileName(life.position(first - 1));
    files.replace(name, writer.segmentBytes(first, last));
    return SpooledObject.open(files, name).orElseThrow();
  }

  private FaultyStore losing(FaultyStore.Faults faults) {
    return new FaultyStore(store, new Random(7), faults);
  }

  /// Retention has merged up to a position and deleted the slots below.
  private void retention(PageHistory life, LogBuilder writer, int record, int upTo)
      throws Exception {
    writer.boundary(record, upTo);
    for (int txid = 1; txid <= upTo; txid++) {
      store.delete(ObjectKey.Slot.after(life.position(txid - 1)).text());
    }
  }

  private LocalRecord record(Position stored, Id128 run) {
    return new LocalRecord(DATABASE, "bucket", stored, 0, List.of(run));
  }

  @Test
  void cloneOfALiveDiskDoesNotTakeOverWhatItsOwnRunWrote() {
    // A, whose run the clone has on record, stored transaction 1 after the clone was taken.
    StartDecision decision =
        StartDecision.of(
            Optional.of(record(Position.START, RUN_A)),
            _ -> false,
            Optional.of(new StartDecision.Remote(DATABASE, lifeA.position(1))),
            Optional.empty());
    assertThat(decision).isEqualTo(new StartDecision.Compare(lifeA.position(1)));
  }

  @Test
  void adoptingOnesOwnOrphanIsNoProof() throws Exception {
    writesA.segment(1, 1);
    writesA.segment(2, 2);
    writesA.segment(3, 3);
    retention(lifeA, writesA, 1, 2);
    SpooledObject orphan = spooled(writesB, lifeB, 1, 1);
    // Stored, for the slot was deleted; the answer is lost, and B finds itself there.
    FaultyStore faulty = losing(new FaultyStore.Faults(0, 1, 0, 0, 0));
    Uploader b = uploader(faulty, RUN_B);
    FaultyStore.Faults none = FaultyStore.Faults.NONE;
    assertThat(store.putIfAbsent(orphan.slot().text(), orphan.body(new DiskFiles(folder))))
        .isEqualTo(dev.tidemark.store.PutOutcome.STORED);
    faulty.faults(none);
    assertThat(b.attempt(orphan))
        .isInstanceOfSatisfying(
            Uploader.Outcome.Fenced.class,
            fenced -> assertThat(fenced.reason()).contains(lifeA.position(2).toString()));
  }

  @Test
  void absentSlotIsNoProofEither() throws Exception {
    writesA.segment(1, 1);
    writesA.segment(2, 2);
    writesA.segment(3, 3);
    retention(lifeA, writesA, 1, 2);
    SpooledObject orphan = spooled(writesB, lifeB, 1, 1);
    FaultyStore faulty = losing(new FaultyStore.Faults(1, 0, 0, 0, 0));
    Uploader b = uploader(faulty, RUN_B);
    assertThat(b.attempt(orphan)).isInstanceOf(Uploader.Outcome.Failed.class);
    faulty.faults(FaultyStore.Faults.NONE);
    assertThat(b.attempt(orphan)).isInstanceOf(Uploader.Outcome.Fenced.class);
  }

  @Test
  void proofOfOneSlotSaysNothingAboutTheNext() throws Exception {
    SpooledObject first = spooled(writesA, lifeA, 1, 1);
    Uploader a = uploader(store, RUN_A);
    assertThat(a.attempt(first)).isEqualTo(new Uploader.Outcome.Stored());
    // A promoted replica goes on from 1 while A sleeps; retention follows it.
    LogBuilder promoted = new LogBuilder(store, DATABASE, lifeA, RUN_B);
    promoted.segment(2, 2);
    promoted.segment(3, 3);
    retention(lifeA, promoted, 1, 2);
    SpooledObject second = spooled(writesA, lifeA, 2, 2);
    assertThat(a.attempt(second)).isInstanceOf(Uploader.Outcome.Fenced.class);
  }

  @Test
  void sameEndByAnotherWayIsNotAdopted() throws Exception {
    // a, then ab; and b, then ab: the ends agree, the positions in between do not.
    PageHistory viaA = new PageHistory(PAGES, new Random(3));
    PageHistory viaB = new PageHistory(PAGES, new Random(4));
    viaA.full(2);
    viaB.full(2);
    var both = new java.util.TreeMap<Long, byte[]>();
    both.put(1L, new byte[512]);
    both.put(2L, new byte[512]);
    viaA.commit(2, both);
    viaB.commit(2, both);
    assertThat(viaA.position(2)).isEqualTo(viaB.position(2));
    new LogBuilder(store, DATABASE, viaB, RUN_A).segment(1, 2);
    SpooledObject ours = spooled(new LogBuilder(store, DATABASE, viaA, RUN_A), viaA, 1, 2);
    assertThat(uploader(store, RUN_A).attempt(ours)).isInstanceOf(Uploader.Outcome.Fenced.class);
  }

  @Test
  void twoPromotionsFromOnePositionAreNotBothTheWriter() throws Exception {
    new LogBuilder(store, DATABASE, lifeA, RUN_B).segment(1, 1);
    SpooledObject same = spooled(writesA, lifeA, 1, 1);
    assertThat(uploader(store, RUN_A).attempt(same)).isInstanceOf(Uploader.Outcome.Fenced.class);
  }

  @Test
  void loneWriterIsNeverFencedByItsOwnRetention() throws Exception {
    SpooledObject first = spooled(writesA, lifeA, 1, 1);
    FaultyStore faulty = losing(new FaultyStore.Faults(0, 1, 0, 0, 0));
    Uploader a = uploader(faulty, RUN_A);
    assertThat(a.attempt(first)).isInstanceOf(Uploader.Outcome.Failed.class);
    // The boundary may come up to the start of the last segment, and no further.
    faulty.faults(FaultyStore.Faults.NONE);
    assertThat(a.attempt(first)).isEqualTo(new Uploader.Outcome.Stored());
    SpooledObject second = spooled(writesA, lifeA, 2, 2);
    assertThat(store.putIfAbsent(second.slot().text(), second.body(new DiskFiles(folder))))
        .isNotNull();
    retention(lifeA, writesA, 1, 1);
    assertThat(a.attempt(second)).isEqualTo(new Uploader.Outcome.Stored());
    assertThat(a.attempt(spooled(writesA, lifeA, 3, 3))).isEqualTo(new Uploader.Outcome.Stored());
  }

  @Test
  void startDoesNotTakeAnOrphanForTheHead() throws Exception {
    writesA.segment(1, 1);
    writesA.boundary(1, 2);
    assertThatThrownBy(() -> Remote.read(store)).isInstanceOf(DamagedLogException.class);
    writesA.segment(3, 3);
    assertThat(Remote.read(store).orElseThrow().head()).isEqualTo(lifeA.position(3));
  }
}
