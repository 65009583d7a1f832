package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the spool calls durable is still there when power comes back, whatever failed before.
class SpoolDurabilityTest {
  private static final PageSize PAGE_SIZE = new PageSize(512);
  private static final int PAGES = 3;

  @TempDir Path folder;

  private FaultyFiles files;
  private Spool spool;
  private int transactions;

  @BeforeEach
  void begin() throws Exception {
    begin(folder);
  }

  private void begin(Path state) throws Exception {
    files = new FaultyFiles(state);
    spool = open(files);
    transactions = 0;
    append(TransactionDraft.Kind.FULL);
  }

  @Test
  void failedSyncIsNotTriedAgainAsIfTheBytesWereStillThere() throws Exception {
    append();
    spool.sync();
    append();
    files.syncs(FaultyFiles.Sync.FAILS);
    assertThatThrownBy(spool::sync).isInstanceOf(IOException.class);
    assertThatThrownBy(spool::sync).as("written again, in vain").isInstanceOf(IOException.class);
    files.syncs(FaultyFiles.Sync.WORKS);

    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void appendingGoesOnAfterAFailedSync() throws Exception {
    append();
    files.syncs(FaultyFiles.Sync.FAILS);
    assertThatThrownBy(spool::sync).isInstanceOf(IOException.class);
    files.syncs(FaultyFiles.Sync.WORKS);
    append();
    spool.sync();
    append();
    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void segmentWhoseSyncFailedIsWrittenAgain() throws Exception {
    append();
    files.syncs(FaultyFiles.Sync.FAILS);
    assertThatThrownBy(spool::closeSegments).isInstanceOf(IOException.class);
    files.syncs(FaultyFiles.Sync.WORKS);

    spool.closeSegments();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void logOfARunThatWasKilledBeforeItsSyncIsMadeDurable() throws Exception {
    append();
    spool.flush();
    Position end = spool.end();

    Spool next = open(files);
    assertThat(next.end()).isEqualTo(end);
    next.sync();

    assertThat(afterPowerLoss()).isEqualTo(end);
  }

  @Test
  void segmentOfARunThatWasKilledBeforeItsSyncIsMadeDurable() throws Exception {
    append();
    spool.sync();
    files.syncs(FaultyFiles.Sync.KILLS);
    assertThatThrownBy(spool::closeSegments).isInstanceOf(FaultyFiles.Killed.class);
    files.syncs(FaultyFiles.Sync.WORKS);

    spool = open(files);
    append();
    spool.sync();

    assertThat(afterPowerLoss()).isEqualTo(spool.end());
  }

  @Test
  void fullDiskLosesNothing() throws Exception {
    for (int room = 0; room < 6_000; room += 211) {
      begin(Files.createDirectory(folder.resolve("room" + room)));
      files.room(room);
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
      transactions = (int) spool.end().txid().value();
      assertThat(spool.end().txid()).as("room %d", room).isGreaterThanOrEqualTo(durable.txid());
      files.room(Long.MAX_VALUE);
      append();
      append();
      spool.sync();
      assertThat(afterPowerLoss()).as("room %d", room).isEqualTo(spool.end());
    }
  }

  @Test
  void transactionWhosePagesCouldNotBeReadLeavesNothingBehind() throws Exception {
    append();
    AllPages pages = new AllPages((byte) 9);
    PageSet faulty =
        new PageSet() {
          @Override
          public long count() {
            return PAGES;
          }

          @Override
          public Cursor open() {
            Cursor cursor = pages.open();
            return new Cursor() {
              @Override
              public long next() throws IOException {
                return cursor.next();
              }

              @Override
              public void read(byte[] page) {
                throw new InternalError("a fault in a mapped file");
              }
            };
          }
        };
    assertThatThrownBy(
            () -> spool.append(draft(TransactionDraft.Kind.COMMIT, transactions + 1, faulty)))
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
        begin(Files.createDirectory(folder.resolve("turns" + turns + made)));
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

  private static Spool open(FaultyFiles files) throws IOException {
    Spool opened =
        new Spool(files, new PageTable(files, PageTable.FILE), new Id128(1, 1), new Id128(2, 2));
    opened.recover(Position.START);
    return opened;
  }

  private Position afterPowerLoss() throws IOException {
    files.losePower();
    return open(files).end();
  }

  private void append() throws Exception {
    append(TransactionDraft.Kind.COMMIT);
  }

  private void append(TransactionDraft.Kind kind) throws Exception {
    transactions++;
    spool.append(draft(kind, transactions, new AllPages((byte) transactions)));
  }

  private static TransactionDraft draft(TransactionDraft.Kind kind, int number, PageSet pages) {
    return new TransactionDraft(
        kind,
        1_000L + number,
        PAGE_SIZE,
        PAGES,
        pages,
        0,
        0,
        new CaptureCursor(7, number, 0, number));
  }

  /// Every page of a small database, filled with one byte.
  private record AllPages(byte fill) implements PageSet {
    @Override
    public long count() {
      return PAGES;
    }

    @Override
    public Cursor open() {
      return new Cursor() {
        private long at;

        @Override
        public long next() {
          at = at < PAGES ? at + 1 : 0;
          return at;
        }

        @Override
        public void read(byte[] page) {
          Arrays.fill(page, fill);
        }
      };
    }
  }
}
