package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.UnfinishedUpload;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class S3UploadsTest {
  private static String page(String fields, String... keysAndIds) {
    StringBuilder page = new StringBuilder("<ListMultipartUploadsResult>" + fields);
    for (int i = 0; i < keysAndIds.length; i += 2) {
      page.append(
          ("<Upload><Key>%s</Key><UploadId>%s</UploadId>"
                  + "<Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>")
              .formatted(keysAndIds[i], keysAndIds[i + 1]));
    }
    return RawServer.answer("200 OK", page + "</ListMultipartUploadsResult>");
  }

  private static StoreInsight insight(RawServer server) {
    return S3TestServer.open(server.url(), "key", "hush").insight();
  }

  @Test
  void unfinishedOnesAreListedAndAborted() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      StoreUrl.S3 url = server.newBucket();
      Instant before = Instant.now().minusSeconds(5);
      server.beginUpload(url, "merged/1/a");
      try (ObjectStore store = server.open(url)) {
        List<UnfinishedUpload> found = store.insight().unfinishedUploads("merged/");
        assertThat(found).extracting(UnfinishedUpload::key).containsExactly("merged/1/a");
        assertThat(found.getFirst().begun())
            .satisfies(begun ->
                assertThat(begun.equals(Listed.UNKNOWN) || begun.isAfter(before)).isTrue());
        assertThat(store.insight().unfinishedUploads("log/")).isEmpty();
        store.insight().abort(found.getFirst());
        store.insight().abort(found.getFirst());
        assertThat(store.insight().unfinishedUploads("")).isEmpty();
        assertThat(server.unfinishedUploads(url.bucket())).isZero();
      }
    }
  }

  @Test
  void theyComeInPagesEachWithTheTimeOfItsBeginning() throws Exception {
    String more =
        "<IsTruncated>true</IsTruncated><NextKeyMarker>p/b</NextKeyMarker>"
            + "<NextUploadIdMarker>2</NextUploadIdMarker>";
    try (RawServer server =
        RawServer.answering(head ->
            head.contains("key-marker=p%2fb") && head.contains("upload-id-marker=2")
                ? page("", "p/c", "3", "elsewhere", "4")
                : page(more, "p/a", "1", "p/b", "2"))) {
      Instant begun = Instant.parse("2026-01-02T03:04:05Z");
      assertThat(insight(server).unfinishedUploads(""))
          .containsExactly(
              new UnfinishedUpload("a", "1", begun),
              new UnfinishedUpload("b", "2", begun),
              new UnfinishedUpload("c", "3", begun));
    }
  }

  @Test
  void listingThatNeverEndsEnds() throws Exception {
    String same = "<IsTruncated>true</IsTruncated><NextKeyMarker>p/a</NextKeyMarker>";
    try (RawServer server = RawServer.answering(page(same, "p/a", "1"))) {
      assertThat(insight(server).unfinishedUploads("")).isNotEmpty();
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @Test
  void uploadWithoutATimeIsYoung() throws Exception {
    String answer =
        RawServer.answer(
            "200 OK",
            "<ListMultipartUploadsResult><Upload><Key>p/a</Key><UploadId>1</UploadId></Upload>"
                + "</ListMultipartUploadsResult>");
    try (RawServer server = RawServer.answering(answer)) {
      assertThat(insight(server).unfinishedUploads(""))
          .containsExactly(new UnfinishedUpload("a", "1", Listed.UNKNOWN));
    }
  }

  @Test
  void serverWithoutUploadsInPartsHasNone() throws Exception {
    try (RawServer server = RawServer.refusing("501 Not Implemented", "NotImplemented")) {
      assertThat(insight(server).unfinishedUploads("")).isEmpty();
    }
  }

  @Test
  void missingRightsAreNamed() throws Exception {
    try (RawServer server = RawServer.refusing("403 Forbidden", "AccessDenied")) {
      StoreInsight insight = insight(server);
      assertThatThrownBy(() -> insight.unfinishedUploads(""))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
          .hasMessageContaining("allow s3:ListBucketMultipartUploads");
      assertThatThrownBy(() -> insight.abort(new UnfinishedUpload("a", "1", Instant.EPOCH)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("allow s3:AbortMultipartUpload");
    }
  }
}
