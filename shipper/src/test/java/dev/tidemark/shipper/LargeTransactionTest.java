package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PageSink;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions much larger than the daemon's heap.
class LargeTransactionTest {
  private static final long MEBIBYTES = Long.getLong("tidemark.large.mebibytes", 96);
  private static final String HEAP = System.getProperty("tidemark.large.heap", "-Xmx28m");

  @TempDir Path folder;

  @Test
  void areCapturedInLittleMemory() throws Exception {
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > (MEBIBYTES << 20) * 8);
    Path database = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(database, "synchronous=OFF");
        ObjectStore store = Rig.local(folder.resolve("bucket"));
        DaemonProcess daemon = DaemonProcess.start(folder, "app.db", "OFD", HEAP)) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      Rig.until("it ships", () -> !daemon.lines().isEmpty());
      app.exec(
          "INSERT INTO t(x) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
              + MEBIBYTES * 256
              + ") SELECT zeroblob(3000) || i FROM n");
      app.exec("DELETE FROM t WHERE id % 16 = 0");
      app.exec("VACUUM");
      app.exec("DELETE FROM t WHERE id % 2 = 0");
      long wanted = daemon.stored().getFirst().txid().value() + 4;
      Rig.until(
          "all is stored",
          () -> daemon.stored().getLast().txid().value() == wanted || !daemon.isAlive());
      assertThat(daemon.isAlive()).as("the daemon lives").isTrue();
      Counting counting = new Counting();
      Position position =
          new StateReader(store, 1, ReadListener.NONE)
              .read(new RestoreTarget.Latest(), counting)
              .position();
      assertThat(position.txid().value()).isEqualTo(wanted);
      assertThat(counting.pages).isEqualTo(app.queryLong("PRAGMA page_count"));
      daemon.kill();
    }
  }

  /// Proven by the reader; here only counted.
  private static final class Counting implements PageSink {
    private long pages;

    @Override
    public void begin(Position target, PageSize pageSize, long count) {
      pages = 0;
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) {
      pages++;
    }
  }
}
