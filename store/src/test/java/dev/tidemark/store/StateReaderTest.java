package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateReaderTest {
  @TempDir Path dir;

  private static final Id128 DATABASE = new Id128(1, 2);

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void readsEveryPositionFromRandomSegments(int pageBytes) throws Exception {
    Random random = new Random(pageBytes);
    PageHistory history = PageHistory.random(new PageSize(pageBytes), random, 60, 24);
    MemoryStore store = new MemoryStore();
    LogBuilder log = new LogBuilder(store, DATABASE, history).database();
    for (int first = 1; first <= history.count(); ) {
      int last = Math.min(history.count(), first + random.nextInt(9));
      log.segment(first, last);
      first = last + 1;
    }
    for (int txid = 1; txid <= history.count(); txid++) {
      FileSink sink = new FileSink();
      StateReader reader = new StateReader(store, 4, ReadListener.NONE);
      StateRead read = reader.read(new RestoreTarget.AtTxid(new Txid(txid)), sink);
      assertThat(read.position()).isEqualTo(history.position(txid));
      assertThat(sink.file).as("txid %d", txid).isEqualTo(history.file(txid));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void objectsOfManyPartsAreReadInPieces(int parallelism) throws Exception {
    PageHistory history = new PageHistory(new PageSize(65_536), new Random(9));
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    for (long pgno = 1; pgno <= 300; pgno++) {
      byte[] page = new byte[65_536];
      new Random(pgno).nextBytes(page);
      pages.put(pgno, page);
    }
    history.commit(300, pages);
    history.commit(299, new TreeMap<>(pages.headMap(3L)));
    MemoryStore store = new MemoryStore();
    LogBuilder log = new LogBuilder(store, DATABASE, history).database();
    log.segment(1, 1);
    String snapshot = log.snapshot(1).text();
    log.segment(2, 2);
    StateReader reader = new StateReader(store, parallelism, ReadListener.NONE);
    FileSink sink = new FileSink();
    reader.read(new RestoreTarget.Latest(), sink);
    assertThat(sink.file).isEqualTo(history.file(2));
    assertThat(sink.pages).isEqualTo(299);

    // Both covers of transaction 1 are of one size nearly; whichever comes first is harmed.
    for (String key : List.of(snapshot, ObjectKey.Slot.after(Position.START).text())) {
      byte[] bytes = store.bytes(key);
      bytes[bytes.length / 2] ^= 1;
      store.objects().put(key, bytes);
      if (key.equals(snapshot)) {
        reader.read(new RestoreTarget.Latest(), sink);
        assertThat(sink.file).isEqualTo(history.file(2));
      } else {
        assertThatThrownBy(() -> reader.read(new RestoreTarget.Latest(), sink))
            .isInstanceOf(DamagedLogException.class);
      }
    }
  }

  @Test
  void pageSumsAreThoseOfTheState() throws Exception {
    PageHistory history = PageHistory.random(new PageSize(512), new Random(10), 30, 24);
    MemoryStore store = new MemoryStore();
    LogBuilder log = new LogBuilder(store, DATABASE, history).database();
    log.segment(1, 15);
    log.segment(16, 30);
    try (PageSums sums = new PageSums(dir)) {
      for (int txid = 30; txid >= 1; txid--) {
        new StateReader(store, 2, ReadListener.NONE)
            .sums(new RestoreTarget.AtTxid(new Txid(txid)), sums);
        assertThat(sums.pages()).isEqualTo(history.transaction(txid).commit());
        for (long pgno = 1; pgno <= sums.pages(); pgno++) {
          assertThat(sums.get(pgno))
              .isEqualTo(PageChecksum.of(pgno, history.page(txid, pgno), 0, 512));
        }
      }
    }
  }

  @Test
  void largeTablesOfPageSumsLieInAFileThatGoesAway() throws Exception {
    long pages = 70L << 17;
    try (PageSums sums = new PageSums(dir)) {
      sums.set(pages, -5);
      sums.set(1, -7);
      assertThat(sums.get(pages)).isEqualTo(-5);
      assertThat(sums.get(pages - 1)).isZero();
      assertThat(sums.checksum()).isEqualTo(Checksum.ofXor(-5 ^ -7));
      sums.truncate(pages - 1);
      assertThat(sums.checksum()).isEqualTo(Checksum.ofXor(-7));
    }
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).isEmpty();
    }
  }

  /// A database file in memory.
  static final class FileSink implements PageSink {
    byte[] file = new byte[0];
    int pages;

    @Override
    public void begin(Position target, PageSize pageSize, long pages) {
      file = new byte[Math.toIntExact(pages * pageSize.bytes())];
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) {
      System.arraycopy(page, 0, file, Math.toIntExact((pgno - 1) * page.length), page.length);
      pages++;
    }

    @Override
    public String toString() {
      return Arrays.toString(file);
    }
  }
}
