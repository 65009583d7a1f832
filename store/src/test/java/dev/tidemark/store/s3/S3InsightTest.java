package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3InsightTest {
  private static final DatabaseRecord DATABASE =
      new DatabaseRecord(new Id128(1, 2), Instant.EPOCH, "test");

  @Test
  void conditionsThatHoldAreFound() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        ObjectStore store = server.open(server.newBucket())) {
      Records.createDatabase(store, DATABASE);
      assertThat(Records.honoursConditions(store)).isTrue();
    }
  }

  @Test
  void conditionsThatAreIgnoredAreFoundAndChangeNothing() throws Exception {
    try (S3TestServer server = S3TestServer.ignoringConditions();
        ObjectStore store = server.open(server.newBucket())) {
      Records.createDatabase(store, DATABASE);
      assertThat(Records.honoursConditions(store)).isFalse();
      assertThat(Records.database(store)).contains(DATABASE);
    }
  }

  @Test
  void unclearAnswersAreNoProofOfConditions() throws Exception {
    try (RawServer server = RawServer.refusing("503 Slow Down", "SlowDown")) {
      ObjectStore broken = S3TestServer.open(server.url(), "key", "secret");
      assertThatThrownBy(() -> Records.honoursConditions(broken))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void serverTimeIsTheAnswersDate() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        ObjectStore store = server.open(server.newBucket())) {
      Instant time = store.insight().serverTime().orElseThrow();
      assertThat(Duration.between(time, Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <Filter><Prefix></Prefix></Filter><Expiration><Days>30</Days></Expiration> | Enabled | true
          <Prefix>p/log</Prefix><Expiration><Days>30</Days></Expiration>             | Enabled | true
          <Prefix>p</Prefix><Expiration><Days>30</Days></Expiration>                 | Disabled | false
          <Prefix>other/</Prefix><Expiration><Days>30</Days></Expiration>            | Enabled | false
          <Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter><Expiration><Days>3</Days></Expiration> | Enabled | false
          <Prefix></Prefix><Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition> | Enabled | true
          <Prefix></Prefix><Transition><Days>3</Days><StorageClass>STANDARD_IA</StorageClass></Transition> | Enabled | false
          <Prefix></Prefix><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload> | Enabled | false
          <Prefix></Prefix><NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration> | Enabled | false
          """)
  void rulesThatMakeHolesAreTold(String rule, String status, boolean harms) throws Exception {
    String body =
        "<LifecycleConfiguration><Rule><ID>cleaner</ID>%s<Status>%s</Status></Rule></LifecycleConfiguration>"
            .formatted(rule, status);
    try (RawServer server = RawServer.answering(answer(body))) {
      ObjectStore store = S3TestServer.open(server.url(), "key", "secret");
      assertThat(store.insight().lifecycleRules()).hasSize(harms ? 1 : 0);
    }
  }

  @Test
  void rulesThatMayNotBeReadAreNoFinding() throws Exception {
    try (RawServer server = RawServer.refusing("403 Forbidden", "AccessDenied")) {
      ObjectStore store = S3TestServer.open(server.url(), "key", "secret");
      assertThat(store.insight().lifecycleRules()).isEmpty();
    }
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/xml\r\n"
        + "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body);
  }
}
