package dev.tidemark.store.s3;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.testing.ObjectStoreContract;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.TestInstance;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

/// The contract against MinIO, where there is Docker. The image is the frozen copy of the last free
/// release.
@Testcontainers(disabledWithoutDocker = true)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MinioContractTest extends ObjectStoreContract {
  @Container
  private static final MinIOContainer MINIO =
      new MinIOContainer(
          DockerImageName.parse("quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z")
              .asCompatibleSubstituteFor("minio/minio"));

  private final AtomicInteger buckets = new AtomicInteger();

  @Override
  protected ObjectStore emptyStore() throws Exception {
    StoreUrl.S3 url =
        new StoreUrl.S3(
            "bucket-" + buckets.incrementAndGet(),
            "p",
            Optional.of(URI.create(MINIO.getS3URL())),
            Optional.empty(),
            true);
    S3TestServer.createBucket(url, MINIO.getUserName(), MINIO.getPassword());
    return S3TestServer.open(url, MINIO.getUserName(), MINIO.getPassword());
  }
}
