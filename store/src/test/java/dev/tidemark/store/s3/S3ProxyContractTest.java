package dev.tidemark.store.s3;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.testing.ObjectStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ProxyContractTest extends ObjectStoreContract {
  private S3TestServer server;

  @BeforeAll
  void start() throws Exception {
    server = S3TestServer.start();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected ObjectStore emptyStore() {
    return server.open(server.newBucket());
  }
}
