package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.BrokenBodies;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3MultipartTest {
  private static final int MIB = 1 << 20;
  private static final S3Multipart.Sizes SMALL = new S3Multipart.Sizes(6 * MIB, 5 * MIB);

  private S3TestServer server;

  @BeforeAll
  void start() throws Exception {
    server = S3TestServer.start();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private ObjectStore open(StoreUrl.S3 url) {
    return S3TestServer.open(url, server.accessKey(), server.secretKey(), SMALL);
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void largeObjectIsStoredOnceAndWhole() throws Exception {
    byte[] all = random(11 * MIB + 7, 1);
    StoreUrl.S3 url = server.newBucket();
    try (ObjectStore store = open(url)) {
      assertThat(store.putIfAbsent("log/a", Body.of(all))).isEqualTo(PutOutcome.STORED);
      assertThat(store.putIfAbsent("log/a", Body.of(random(7 * MIB, 2))))
          .isEqualTo(PutOutcome.PRESENT);
      try (StoredObject object = store.get("log/a").orElseThrow()) {
        assertThat(object.content().readAllBytes()).isEqualTo(all);
      }
      assertThat(server.unfinishedUploads(url.bucket())).isZero();
    }
  }

  @Test
  void plainPutReplacesALargeObject() throws Exception {
    byte[] second = random(6 * MIB + 1, 4);
    try (ObjectStore store = open(server.newBucket())) {
      store.put("log/a", Body.of(random(7 * MIB, 3)));
      store.put("log/a", Body.of(second));
      try (StoredObject object = store.get("log/a").orElseThrow()) {
        assertThat(object.content().readAllBytes()).isEqualTo(second);
      }
    }
  }

  @Test
  void brokenBodyAbortsTheUpload() throws Exception {
    StoreUrl.S3 url = server.newBucket();
    try (ObjectStore store = open(url)) {
      Body broken = BrokenBodies.failingAfter(8 * MIB, 11L * MIB);
      assertThatThrownBy(() -> store.putIfAbsent("log/a", broken))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("bad sector");
      assertThat(store.head("log/a")).isEmpty();
      assertThat(server.unfinishedUploads(url.bucket())).isZero();
    }
  }

  @Test
  void partsGrowSoThatTenThousandSuffice() {
    S3Multipart.Sizes sizes = S3Multipart.Sizes.STANDARD;
    assertThat(sizes.part(65L * MIB)).isEqualTo(8L * MIB);
    long huge = 4L << 40;
    assertThat(Math.ceilDiv(huge, sizes.part(huge))).isLessThanOrEqualTo(10_000);
  }
}
