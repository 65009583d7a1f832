package dev.tidemark.store.s3;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.testing.ObjectStoreContract;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The contract against the bucket that TIDEMARK_TEST_S3_URL names, with credentials from the
/// standard chain. Each test has a prefix of its own, emptied afterwards.
@EnabledIfEnvironmentVariable(named = "TIDEMARK_TEST_S3_URL", matches = "s3://.+")
class NamedEndpointContractTest extends ObjectStoreContract {
  @Override
  protected ObjectStore emptyStore() {
    String text = Objects.requireNonNull(System.getenv("TIDEMARK_TEST_S3_URL"));
    StoreUrl.S3 url = (StoreUrl.S3) StoreUrl.parse(text, Optional.empty());
    String prefix =
        (url.prefix().isEmpty() ? "" : url.prefix() + "/") + Id128.random(new SecureRandom());
    return S3Stores.open(
        new StoreUrl.S3(url.bucket(), prefix, url.endpoint(), url.region(), url.pathStyle()));
  }

  @AfterEach
  void empty() throws Exception {
    for (ListPage page = store.list("", ""); !page.objects().isEmpty(); page = store.list("", "")) {
      for (Listed object : page.objects()) {
        store.delete(object.key());
      }
    }
  }
}
