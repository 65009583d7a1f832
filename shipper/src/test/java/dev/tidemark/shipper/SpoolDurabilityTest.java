package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the spool calls durable is still there when power comes back, whatever failed before, on a
/// disk that loses all that it may lose.
class SpoolDurabilityTest {
  /// What making a segment of a log takes: creating, writing and syncing the file, naming it,
  /// syncing the folder, and cutting the log.
  private static final int SEALING_CALLS = 6;

  private SimDisk disk;
  private Spool spool;
  private NumberedDrafts drafts;

  @BeforeEach
  void begin() throws Exception {
    begin(new SimDisk(() -> 0));
  }

  private void begin(SimDisk fresh) throws Exception {
    disk = fresh;
    spool = open();
    drafts = new NumberedDrafts(0);
    append(TransactionDraft.Kind.FULL);
  }

  @Test
  void failedSyncIsNotTriedAgainAsIfTheBytesWereStillThere() throws Exception {
    append();
    spool.sync();
    append();
    disk.syncsFail(true);
    assertThatThrownBy(spool::sync).isInstanceOf(IOException.class);
    assertThatThrownBy(spool::sync).as("written again, in vain").isInstanceOf(IOException.class);
    disk.syncsFail(false);

    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void appendingGoesOnAfterAFailedSync() throws Exception {
    append();
    disk.syncsFail(true);
    assertThatThrownBy(spool::sync).isInstanceOf(IOException.class);
    disk.syncsFail(false);
    append();
    spool.sync();
    append();
    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void segmentWhoseSyncFailedIsWrittenAgain() throws Exception {
    append();
    disk.syncsFail(true);
    assertThatThrownBy(spool::closeSegments).isInstanceOf(IOException.class);
    disk.syncsFail(false);

    spool.closeSegments();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void logOfARunThatWasKilledBeforeItsSyncIsMadeDurable() throws Exception {
    append();
    spool.flush();
    Position end = spool.end();

    Spool next = open();
    assertThat(next.end()).isEqualTo(end);
    next.sync();

    assertThat(afterPowerLoss()).isEqualTo(end);
  }

  @Test
  void segmentOfARunThatWasKilledBeforeItsSyncIsMadeDurable() throws Exception {
    for (int call = 1; call <= SEALING_CALLS; call++) {
      begin();
      append();
      spool.sync();
      disk.killAt(call);
      assertThatThrownBy(spool::closeSegments).as("call %d", call).isInstanceOf(SimKilled.class);

      spool = open();
      assertThat(spool.end().txid()).as("call %d", call).isEqualTo(new Txid(2));
      append();
      spool.sync();

      assertThat(afterPowerLoss()).as("call %d", call).isEqualTo(spool.end());
    }
  }

  @Test
  void segmentWhoseSyncFailedIsNotTakenForOneByTheNextRun() throws Exception {
    // Create, write; the sync fails; and the process is gone before it can remove the file.
    disk.failAt(3);
    disk.killAt(4);
    TransactionDraft failing = drafts.vain(TransactionDraft.Kind.RESYNC);
    assertThatThrownBy(() -> spool.append(failing)).isInstanceOf(SimKilled.class);

    spool = open();
    append();
    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void fullDiskLosesNothing() throws Exception {
    for (int room = 0; room < 6_000; room += 211) {
      begin();
      disk.room(room);
      Position durable = spool.end();
      try {
        while (true) {
          append();
          spool.sync();
          durable = spool.end();
          spool.closeSegments();
        }
      } catch (IOException e) {
        assertThat(e).as("room %d", room).hasMessageContaining("No space left");
      }
      // What was appended and could not be written is still there, and written later.
      drafts = new NumberedDrafts((int) spool.end().txid().value());
      assertThat(spool.end().txid()).as("room %d", room).isGreaterThanOrEqualTo(durable.txid());
      disk.room(Long.MAX_VALUE);
      append();
      append();
      spool.sync();
      assertThat(afterPowerLoss()).as("room %d", room).isEqualTo(spool.end());
    }
  }

  @Test
  void transactionWhosePagesCouldNotBeReadLeavesNothingBehind() throws Exception {
    append();
    MarkedPages.Content faulty =
        (_, _) -> {
          throw new InternalError("a fault in a mapped file");
        };
    assertThatThrownBy(() -> spool.append(drafts.vain(TransactionDraft.Kind.COMMIT, faulty)))
        .isInstanceOf(InternalError.class);

    append();
    spool.sync();
    spool.closeSegments();
    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void logsThatTakeTurnsAreFoundInTheirOrder() throws Exception {
    for (int turns = 1; turns <= 4; turns++) {
      for (boolean made : new boolean[] {false, true}) {
        begin();
        append();
        for (int i = 1; i < turns; i++) {
          Sealing sealing = spool.seal();
          append();
          sealing.make();
          spool.sealed(sealing);
        }
        Sealing last = spool.seal();
        append();
        append();
        spool.sync();
        if (made) {
          last.make();
        }

        assertThat(afterPowerLoss()).as("%d turns", turns).isEqualTo(spool.end());
      }
    }
  }

  @Test
  void segmentBegunIsMadeByWhoeverNeedsItFirst() throws Exception {
    append();
    Sealing begun = spool.seal();
    append();
    spool.closeSegments();
    begun.make();
    spool.sealed(begun);

    assertThat(spool.first().orElseThrow().end().txid().value()).isEqualTo(1);
    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void transactionThatFailedNeverComesBackInPlaceOfAnother() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      for (boolean restarts : new boolean[] {false, true}) {
        begin(new SimDisk(seed));
        // Create, write, sync, rename; and then the folder.
        disk.failAt(5);
        TransactionDraft failing = drafts.vain(TransactionDraft.Kind.RESYNC);
        assertThatThrownBy(() -> spool.append(failing)).isInstanceOf(IOException.class);
        if (restarts) {
          spool = open();
        }
        append();
        spool.sync();

        assertThat(afterPowerLoss()).as("seed %d", seed).isEqualTo(spool.end());
      }
    }
  }

  @Test
  void headInTheMiddleOfASegmentBecomesTheStartOfOne() throws Exception {
    append();
    Position head = spool.end();
    append();
    append();
    Position end = spool.end();
    spool.closeSegments();
    // Create, write, sync, rename, and sync the folder.
    for (int call = 1; call <= 5; call++) {
      disk.killAt(call);
      assertThatThrownBy(() -> spool.cutAt(head)).as("call %d", call).isInstanceOf(SimKilled.class);
      spool = open();
      assertThat(spool.end()).as("call %d", call).isEqualTo(end);
    }

    spool.cutAt(head);
    spool.dropUpTo(head);

    assertThat(spool.first().orElseThrow().slot()).isEqualTo(ObjectKey.Slot.after(head));
    disk.losePower();
    spool = open(head);
    assertThat(spool.end()).isEqualTo(end);
    assertThat(spool.first().orElseThrow().slot()).isEqualTo(ObjectKey.Slot.after(head));
  }

  private Spool open() throws IOException {
    return open(Position.START);
  }

  private Spool open(Position stored) throws IOException {
    return SpoolModel.open(disk.open(), stored);
  }

  private Position afterPowerLoss() throws IOException {
    disk.losePower();
    return open().end();
  }

  private void append() throws Exception {
    append(TransactionDraft.Kind.COMMIT);
  }

  private void append(TransactionDraft.Kind kind) throws Exception {
    spool.append(drafts.next(kind));
  }
}
