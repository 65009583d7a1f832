package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3DeletesTest {
  private static final List<String> KEYS = List.of("log/a", "log/b", "log/c");

  private static ObjectStore open(RawServer server) {
    return S3TestServer.open(server.url(), "key", "hush");
  }

  private static String errors(String... keysAndCodes) {
    StringBuilder errors = new StringBuilder();
    for (int i = 0; i < keysAndCodes.length; i += 2) {
      errors.append(
          "<Error><Key>%s</Key><Code>%s</Code></Error>"
              .formatted(keysAndCodes[i], keysAndCodes[i + 1]));
    }
    return RawServer.answer("200 OK", "<DeleteResult>" + errors + "</DeleteResult>");
  }

  @Test
  void oneRequestForAThousandObjects() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 2_001; i++) {
      keys.add("log/" + i);
    }
    try (RawServer server = RawServer.answering(errors());
        ObjectStore store = open(server)) {
      assertThat(store.deleteAll(keys)).isEmpty();
      assertThat(server.requests()).isEqualTo(3);
      assertThat(server.head()).startsWith("post /bucket?delete");
    }
  }

  @Test
  void whatIsRefusedIsAnsweredWithItsReason() throws Exception {
    String answer = errors("p/log/a", "AccessDenied", "p/log/b", "NoSuchKey", "p/log/c", "WORM");
    try (RawServer server = RawServer.answering(answer);
        ObjectStore store = open(server)) {
      List<DeleteRefusal> refused = store.deleteAll(KEYS);
      assertThat(refused).extracting(DeleteRefusal::key).containsExactly("log/a", "log/c");
      assertThat(refused.getFirst().reason()).contains("allow s3:DeleteObject");
      assertThat(refused.getLast().reason()).contains("WORM");
    }
  }

  @ParameterizedTest
  @CsvSource({"p/log/a,InternalError", "p/log/a,SlowDown", "p/log/a,''", "other,AccessDenied"})
  void whatMayPassOrIsNoAnswerIsThrown(String key, String code) throws Exception {
    try (RawServer server = RawServer.answering(errors(key, code));
        ObjectStore store = open(server)) {
      assertThrown(store, Kind.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "501 Not Implemented,NotImplemented",
    "405 Method Not Allowed,MethodNotAllowed",
    "400 Bad Request,MalformedXML",
    "400 Bad Request,MissingContentMD5"
  })
  void serverThatDoesNotKnowTheRequestIsAskedOneByOne(String status, String code) throws Exception {
    try (RawServer server =
            RawServer.answering(head -> {
              if (head.startsWith("post")) {
                return RawServer.error(status, code);
              }
              return head.contains("log/b")
                  ? RawServer.error("403 Forbidden", "AccessDenied")
                  : "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            });
        ObjectStore store = open(server)) {
      assertThat(store.deleteAll(KEYS)).extracting(DeleteRefusal::key).containsExactly("log/b");
      assertThat(server.requests()).isEqualTo(4);
    }
  }

  @Test
  void whoeverHasNoRightAtAllIsRefusedEachWithOneRequest() throws Exception {
    try (RawServer server = RawServer.refusing("403 Forbidden", "AccessDenied");
        ObjectStore store = open(server)) {
      assertThat(store.deleteAll(KEYS))
          .extracting(DeleteRefusal::key)
          .containsExactlyElementsOf(KEYS);
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "403 Forbidden,SignatureDoesNotMatch",
    "403 Forbidden,InvalidAccessKeyId",
    "400 Bad Request,ExpiredToken",
    "404 Not Found,NoSuchBucket"
  })
  void whatRefusesEverythingIsThrown(String status, String code) throws Exception {
    try (RawServer server = RawServer.refusing(status, code);
        ObjectStore store = open(server)) {
      assertThrown(store, Kind.REFUSED);
    }
  }

  @ParameterizedTest
  @CsvSource({"503 Slow Down,SlowDown", "500 Internal Server Error,InternalError", "200 OK,Oops"})
  void serverThatIsUnavailableIsThrown(String status, String code) throws Exception {
    try (RawServer server = RawServer.refusing(status, code);
        ObjectStore store = open(server)) {
      assertThrown(store, Kind.UNAVAILABLE);
    }
  }

  private static void assertThrown(ObjectStore store, Kind kind) {
    assertThatThrownBy(() -> store.deleteAll(KEYS))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .message()
        .doesNotContain("hush", "\n");
  }
}
