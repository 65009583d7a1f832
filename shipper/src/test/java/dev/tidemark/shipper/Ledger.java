package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Txid;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the application saw after each transaction, to be held against what the bucket restores.
final class Ledger {
  private final Map<Long, String> digests = new LinkedHashMap<>();

  void write(long txid, SqliteProcess.Image image) {
    write(txid, image.sha256());
  }

  void write(long txid, String sha256) {
    String before = digests.put(txid, sha256);
    assertThat(before == null || before.equals(sha256)).as("one state for " + txid).isTrue();
  }

  int size() {
    return digests.size();
  }

  void check(ObjectStore store) throws Exception {
    for (Map.Entry<Long, String> entry : digests.entrySet()) {
      StoredImage image = StoredImage.at(store, new Txid(entry.getKey()));
      assertThat(image.sha256()).as("transaction " + entry.getKey()).isEqualTo(entry.getValue());
    }
  }
}
