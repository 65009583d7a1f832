package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private DatabaseConfig config(ObjectStore store) {
    return new DatabaseConfig(
        folder.resolve("app.db"),
        store,
        folder.resolve("bucket").toString(),
        Optional.empty(),
        Duration.ofSeconds(1),
        Optional.of(Duration.ZERO),
        1L << 30,
        1L << 30,
        Optional.of(Duration.ofDays(1)));
  }

  private ObjectStore store() {
    return Stores.open(StoreUrl.parse(folder.resolve("bucket").toString(), Optional.empty()), true);
  }

  @Test
  void everyCommitIsAPositionOfItsOwn() throws Exception {
    try (ObjectStore store = store();
        SqliteProcess app = SqliteProcess.open(folder.resolve("app.db"), "wal_autocheckpoint=20");
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      app.exec("CREATE TABLE before_attach(x)");
      ShippedDatabase database = shipper.add(config(store));
      Position attached = database.sync(DurabilityLevel.STORED, PATIENCE);
      assertThat(attached.txid().value()).isEqualTo(1);

      Path journal = folder.resolve("journal");
      app.startWrites(journal, SqliteProcess.Writes.digested(300, 7));
      app.awaitWrites();
      Position last = database.sync(DurabilityLevel.STORED, PATIENCE);

      List<SqliteProcess.Commit> commits = SqliteProcess.commits(journal);
      assertThat(last.txid().value() - 1).isGreaterThanOrEqualTo(commits.size());
      long base = last.txid().value() - commits.size();
      for (SqliteProcess.Commit commit : commits) {
        StoredImage image =
            StoredImage.at(store, new dev.tidemark.ltx.Txid(base + commit.number()));
        assertThat(image.sha256()).as("commit " + commit.number()).isEqualTo(commit.sha256());
      }
    }
  }
}
