package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;

class S3ErrorsTest {
  private static final Body BODY = Body.of(new byte[5_000]);

  private static ObjectStore open(StoreUrl.S3 url) {
    return S3TestServer.open(url, "key", "hush");
  }

  private static List<ThrowingCallable> everythingButPutIfAbsent(ObjectStore store) {
    return List.of(
        () -> store.put("log/a", BODY),
        () -> store.get("log/a"),
        () -> store.get("log/a", new ByteRange.Last(5)),
        () -> store.head("log/a"),
        () -> store.list("log/", ""),
        () -> store.delete("log/a"));
  }

  private static void assertFails(ThrowingCallable call, Kind kind, String hint) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(hint)
        .message()
        .doesNotContain("hush", "\n");
  }

  private static void assertAllFail(ObjectStore store, Kind kind, String hint) {
    for (ThrowingCallable call : everythingButPutIfAbsent(store)) {
      assertFails(call, kind, hint);
    }
  }

  @Test
  void wrongSecretAndUnknownKeyAreRefused() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      StoreUrl.S3 url = server.newBucket();
      try (ObjectStore store = S3TestServer.open(url, server.accessKey(), "hush")) {
        assertAllFail(store, Kind.REFUSED, "check AWS_SECRET_ACCESS_KEY");
        assertFails(
            () -> store.putIfAbsent("log/a", BODY), Kind.REFUSED, "check AWS_SECRET_ACCESS_KEY");
      }
      try (ObjectStore store = S3TestServer.open(url, "nobody", "hush")) {
        assertAllFail(store, Kind.REFUSED, "");
      }
    }
  }

  @Test
  void missingBucketIsRefused() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        ObjectStore store = server.open(server.url("no-such-bucket", ""))) {
      assertFails(
          () -> store.putIfAbsent("log/a", BODY), Kind.REFUSED, "'no-such-bucket' does not exist");
      assertFails(() -> store.put("log/a", BODY), Kind.REFUSED, "'no-such-bucket' does not exist");
      assertFails(() -> store.get("log/a"), Kind.REFUSED, "'no-such-bucket' does not exist");
      assertFails(() -> store.head("log/a"), Kind.REFUSED, "'no-such-bucket' does not exist");
      assertFails(() -> store.list("", ""), Kind.REFUSED, "'no-such-bucket' does not exist");
    }
  }

  @Test
  void missingCredentialsAreRefusedBeforeAnyRequest() throws Exception {
    try (RawServer server = RawServer.dropping()) {
      S3Connection connection =
          new S3Connection(
              server.url(),
              () ->
                  () -> {
                    throw SdkClientException.create("chain of ten\nproviders");
                  });
      try (ObjectStore store = new S3Store(server.url(), connection, S3Multipart.Sizes.STANDARD)) {
        assertAllFail(store, Kind.REFUSED, "set AWS_ACCESS_KEY_ID");
        assertFails(() -> store.putIfAbsent("log/a", BODY), Kind.REFUSED, "set AWS_ACCESS_KEY_ID");
      }
      assertThat(server.requests()).isZero();
    }
  }

  @Test
  void closedPortIsUnavailable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Optional<URI> endpoint = Optional.of(URI.create("http://127.0.0.1:" + port));
    try (ObjectStore store =
        open(new StoreUrl.S3("bucket", "", endpoint, Optional.empty(), true))) {
      assertAllFail(store, Kind.UNAVAILABLE, "no connection");
      assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.UNCLEAR);
    }
  }

  @Test
  void lostAnswerIsUnclearAndSentOnce() throws Exception {
    try (RawServer server = RawServer.dropping();
        ObjectStore store = open(server.url())) {
      assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.UNCLEAR);
      assertThat(server.requests()).isEqualTo(1);
      assertFails(() -> store.put("log/a", BODY), Kind.UNAVAILABLE, "connection was lost");
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "409 Conflict|ConditionalRequestConflict",
        "408 Request Timeout|x",
        "400 Bad Request|RequestTimeout",
        "429 Too Many Requests|SlowDown",
        "500 Internal Server Error|InternalError",
        "503 Service Unavailable|SlowDown",
        "507 Insufficient Storage|XMinioStorageFull",
      })
  void answerThatProvesNothingIsUnclear(String status, String code) throws Exception {
    try (RawServer server = RawServer.refusing(status, code);
        ObjectStore store = open(server.url())) {
      assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.UNCLEAR);
      assertThat(server.requests()).isEqualTo(1);
      assertAllFail(store, Kind.UNAVAILABLE, status.substring(0, 3));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 Forbidden|AccessDenied|access denied: allow s3:",
        "401 Unauthorized|x|access denied",
        "403 Forbidden|RequestTimeTooSkewed|set the clock",
        "400 Bad Request|ExpiredToken|renew",
        "400 Bad Request|AuthorizationHeaderMalformed|region",
        "301 Moved Permanently|PermanentRedirect|region",
        "404 Not Found|Page|check the endpoint",
        "501 Not Implemented|NotImplemented|conditional writes",
      })
  void refusalSaysWhatToDo(String status, String code, String hint) throws Exception {
    try (RawServer server = RawServer.refusing(status, code);
        ObjectStore store = open(server.url())) {
      assertFails(() -> store.putIfAbsent("log/a", BODY), Kind.REFUSED, hint);
      assertAllFail(store, Kind.REFUSED, hint);
    }
  }

  /// Without its end, it is not known what was missing.
  @ParameterizedTest
  @CsvSource({"0", "1", "40", "60"})
  void refusalCutShortMayPass(int arrives) throws Exception {
    String xml = "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";
    String cut =
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/xml\r\n"
            + "Content-Length: %d\r\n\r\n%s".formatted(xml.length(), xml.substring(0, arrives));
    try (RawServer server = RawServer.answering(cut);
        ObjectStore store = open(server.url())) {
      assertAllFail(store, Kind.UNAVAILABLE, "");
    }
  }

  @Test
  void refusalNamesTheRightThatIsMissing() throws Exception {
    try (RawServer server = RawServer.refusing("403 Forbidden", "AccessDenied");
        ObjectStore store = open(server.url())) {
      assertFails(() -> store.putIfAbsent("log/a", BODY), Kind.REFUSED, "allow s3:PutObject");
      assertFails(() -> store.list("log/", ""), Kind.REFUSED, "allow s3:ListBucket");
      assertFails(() -> store.get("log/a"), Kind.REFUSED, "s3:GetObject, and s3:ListBucket");
      assertFails(() -> store.delete("log/a"), Kind.REFUSED, "allow s3:DeleteObject");
    }
  }

  /// Some servers damage or refuse anything else.
  @Test
  void bodiesGoOutPlainAndSigned() throws Exception {
    try (RawServer server = RawServer.refusing("412 Precondition Failed", "PreconditionFailed");
        ObjectStore store = open(server.url())) {
      store.putIfAbsent("log/a", BODY);
      assertThat(server.head())
          .contains("content-length: " + BODY.size(), "if-none-match: *")
          .containsPattern("x-amz-content-sha256: [0-9a-f]{64}")
          .doesNotContain("aws-chunked", "trailer");
    }
  }

  @Test
  void preconditionFailedIsPresent() throws Exception {
    try (RawServer server = RawServer.refusing("412 Precondition Failed", "PreconditionFailed");
        ObjectStore store = open(server.url())) {
      assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.PRESENT);
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @Test
  void serverThatIgnoresRangesStillAnswersTheRange() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n0123456789";
    try (RawServer server = RawServer.answering(ok);
        ObjectStore store = open(server.url())) {
      assertThat(store.get("log/a", new ByteRange.Part(3, 4)).orElseThrow().bytes())
          .asString()
          .isEqualTo("3456");
      assertThat(store.get("log/a", new ByteRange.Last(2)).orElseThrow().bytes())
          .asString()
          .isEqualTo("89");
      assertThat(store.head("log/a")).hasValue(10);
    }
  }

  @Test
  void answerCutShortIsAnError() throws Exception {
    String cut = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n0123456789";
    try (RawServer server = RawServer.answering(cut);
        ObjectStore store = open(server.url())) {
      try (StoredObject object = store.get("log/a").orElseThrow()) {
        assertThat(object.size()).isEqualTo(1_000);
        assertThatThrownBy(() -> object.content().readAllBytes()).isInstanceOf(IOException.class);
      }
      assertFails(() -> store.get("log/a", new ByteRange.Part(0, 500)), Kind.UNAVAILABLE, "log/a");
    }
  }

  @Test
  void listingOutOfOrderIsRefused() throws Exception {
    String xml =
        "<ListBucketResult><IsTruncated>false</IsTruncated>"
            + "<Contents><Key>p/b</Key><Size>1</Size></Contents>"
            + "<Contents><Key>p/a</Key><Size>1</Size></Contents></ListBucketResult>";
    String answer =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(xml.length(), xml);
    try (RawServer server = RawServer.answering(answer);
        ObjectStore store = open(server.url())) {
      assertFails(() -> store.list("", ""), Kind.REFUSED, "not in key order");
      assertFails(() -> store.list("", "b"), Kind.REFUSED, "'b' after 'b'");
    }
  }

  @ParameterizedTest
  @CsvSource({"<Size>1</Size>", "<Key>p/a</Key>", "<Key>p/a</Key><Size>-1</Size>"})
  void listingWithoutKeysOrSizesIsRefused(String object) throws Exception {
    String xml = "<ListBucketResult><Contents>%s</Contents></ListBucketResult>".formatted(object);
    String answer =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(xml.length(), xml);
    try (RawServer server = RawServer.answering(answer);
        ObjectStore store = open(server.url())) {
      assertFails(() -> store.list("", ""), Kind.REFUSED, "no key or no size");
    }
  }

  @ParameterizedTest
  @CsvSource({"bytes 4-7/10", "bytes 8-11/10", "bytes 99-102/10"})
  void otherBytesThanAskedForAreAnError(String range) throws Exception {
    String answer =
        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Length: 4\r\n"
            + "Content-Range: %s\r\n\r\n4567".formatted(range);
    try (RawServer server = RawServer.answering(answer);
        ObjectStore store = open(server.url())) {
      assertThatThrownBy(() -> store.get("log/a", new ByteRange.Part(0, 4)))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void interruptionPassesThrough() throws Exception {
    try (RawServer server = RawServer.dropping();
        ObjectStore store = open(server.url())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> store.putIfAbsent("log/a", BODY))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> store.get("log/a")).isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }
}
