package dev.tidemark.store;

import dev.tidemark.store.testing.ObjectStoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreContractTest extends ObjectStoreContract {
  @TempDir Path dir;

  @Override
  protected ObjectStore emptyStore() throws Exception {
    Path root = dir.resolve("bücket with spaces");
    Files.createDirectories(root.resolve(".tmp"));
    return Stores.open(StoreUrl.parse(root.toString(), Optional.empty()), false);
  }
}
