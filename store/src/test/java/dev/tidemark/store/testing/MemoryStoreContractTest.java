package dev.tidemark.store.testing;

import dev.tidemark.store.ObjectStore;

class MemoryStoreContractTest extends ObjectStoreContract {
  @Override
  protected ObjectStore emptyStore() {
    return new MemoryStore();
  }
}
