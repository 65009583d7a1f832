package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogCursorTest {
  private static final Id128 DATABASE = new Id128(1, 2);

  private final PageHistory history = PageHistory.random(new PageSize(512), new Random(8), 20, 10);
  private final MemoryStore store = new MemoryStore();
  private final LogBuilder log = new LogBuilder(store, DATABASE, history);

  @BeforeEach
  void build() throws Exception {
    log.database();
    for (int first = 1; first <= 20; first += 5) {
      log.segment(first, first + 4);
    }
  }

  @Test
  void listsEveryTransactionOldestFirst() throws Exception {
    List<LogEntry> entries = read(new LogCursor(store, chain()));
    assertThat(entries).hasSize(20);
    for (int txid = 1; txid <= 20; txid++) {
      PageHistory.Transaction transaction = history.transaction(txid);
      assertThat(entries.get(txid - 1))
          .isEqualTo(
              new LogEntry(
                  transaction.after(),
                  transaction.timeMillis(),
                  transaction.pages().size(),
                  transaction.commit(),
                  Optional.of(txid == 1 ? TransactionKind.ATTACH : TransactionKind.COMMIT)));
    }
  }

  @Test
  void smallSegmentsOfOneTransactionCostOneReadEach() throws Exception {
    MemoryStore memory = new MemoryStore();
    LogBuilder single = new LogBuilder(memory, DATABASE, history).database();
    for (int txid = 1; txid <= 20; txid++) {
      single.segment(txid, txid);
    }
    Chain chain = Chain.read(memory).orElseThrow();
    StoreMeter meter = new StoreMeter();
    assertThat(read(new LogCursor(new MeteredStore(memory, meter), chain))).hasSize(20);
    assertThat(meter.requests()).isEqualTo(20);
  }

  @Test
  void bothBoundsBelongToTheRange() throws Exception {
    for (int from = 1; from <= 20; from++) {
      for (int to = from; to <= 20; to++) {
        List<LogEntry> entries = read(new LogCursor(store, chain(), new Txid(from), new Txid(to)));
        assertThat(entries).as("%d to %d", from, to).hasSize(to - from + 1);
        assertThat(entries.getFirst().position()).isEqualTo(history.position(from));
      }
    }
  }

  @Test
  void belowTheBoundaryOnlyWhatCoversEndWith() throws Exception {
    log.merged(1, 1, 5);
    log.merged(1, 6, 15);
    log.snapshot(10);
    log.boundary(1, 15);
    assertThat(read(new LogCursor(store, chain())))
        .extracting(entry -> entry.position().txid().value())
        .containsExactly(5L, 10L, 15L, 16L, 17L, 18L, 19L, 20L);
  }

  @Test
  void holeComesAfterEverythingBeforeIt() throws Exception {
    store.delete(ObjectKey.Slot.after(history.position(10)).text());
    LogCursor cursor = new LogCursor(store, chain());
    for (int txid = 1; txid <= 10; txid++) {
      assertThat(cursor.next().orElseThrow().position()).isEqualTo(history.position(txid));
    }
    assertThatThrownBy(cursor::next)
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("000b to 0000000000000014;");
  }

  @Test
  void objectsTellWhatTheyStandFor() throws Exception {
    log.merged(3, 1, 10);
    log.snapshot(10);
    List<LogObject> objects = LogObject.all(chain(), lookup());
    assertThat(objects).hasSize(6);
    assertThat(objects)
        .extracting(LogObject::kind)
        .endsWith(ObjectKind.MERGED, ObjectKind.SNAPSHOT);
    assertThat(objects.get(3).first()).isEqualTo(new Txid(16));
    assertThat(objects.get(3).end()).isEqualTo(history.position(20));
    assertThat(objects.get(4).end()).isEqualTo(history.position(10));
  }

  @Test
  void headIsTheEndOfTheLastSegment() throws Exception {
    assertThat(chain().head(store)).isEqualTo(history.position(20));
    store.delete(ObjectKey.Slot.after(history.position(0)).text());
    assertThatThrownBy(() -> chain().head(store)).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void segmentsWithoutDatabaseRecordAreDamage() {
    store.delete(DatabaseRecord.KEY);
    assertThatThrownBy(this::chain)
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("database.json: is missing");
  }

  @Test
  void nothingAtAllIsNoLog() throws Exception {
    assertThat(Chain.read(new MemoryStore())).isEmpty();
  }

  private Chain chain() throws Exception {
    return Chain.read(store).orElseThrow();
  }

  private ContentsLookup lookup() {
    return ContentsLookup.of(store, DATABASE);
  }

  private static List<LogEntry> read(LogCursor cursor) throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    for (Optional<LogEntry> next = cursor.next(); next.isPresent(); next = cursor.next()) {
      entries.add(next.get());
    }
    return entries;
  }
}
