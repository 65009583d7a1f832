package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateReaderTest {
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
