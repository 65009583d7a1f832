package dev.tidemark.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The S3 store behind a bad network: what it answers is true, or it says that it does not know.
class FaultProxyTest {
  private static S3TestServer server;

  private FaultProxy proxy;
  private ObjectStore direct;
  private ObjectStore store;
  private final byte[] content = new byte[200_000];

  @BeforeAll
  static void serve() throws Exception {
    server = S3TestServer.start();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    new Random(1).nextBytes(content);
    proxy = FaultProxy.start(server.endpoint(), 1);
    StoreUrl.S3 url = server.newBucket();
    direct = server.open(url);
    store =
        server.open(
            new StoreUrl.S3(
                url.bucket(),
                url.prefix(),
                Optional.of(proxy.endpoint()),
                Optional.of("us-east-1"),
                true));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    direct.close();
    proxy.close();
  }

  private byte[] get(ObjectStore from, String key) throws Exception {
    try (StoredObject object = from.get(key).orElseThrow()) {
      return object.content().readAllBytes();
    }
  }

  private void always(Fault fault) {
    proxy.weather(new FaultProxy.Weather(100, List.of(fault)));
  }

  @Test
  void calmForwardsEverySignedRequest() throws Exception {
    assertThat(store.putIfAbsent("k", Body.of(content))).isEqualTo(PutOutcome.STORED);
    assertThat(store.putIfAbsent("k", Body.of(content))).isNotEqualTo(PutOutcome.STORED);
    assertThat(get(store, "k")).isEqualTo(content);
    assertThat(store.get("k", new ByteRange.Part(10, 20))).isPresent();
    assertThat(store.head("k")).hasValue(content.length);
    assertThat(store.list("", "").objects()).hasSize(1);
    store.delete("k");
    assertThat(store.get("k")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"RESET", "CUT_REQUEST", "ERROR_500", "SLOW_DOWN"})
  void putThatNeverReachedTheServerIsNoSuccess(Fault fault) throws Exception {
    always(fault);
    assertThat(isStored("k")).isFalse();
    proxy.weather(FaultProxy.Weather.CALM);
    assertThat(direct.get("k")).isEmpty();
    assertThat(proxy.counts()).containsKey(fault);
  }

  @Test
  void putWhoseAnswerIsLostIsNoSuccessAndIsThere() throws Exception {
    always(Fault.LOST_ANSWER);
    assertThat(isStored("k")).isFalse();
    assertThat(get(direct, "k")).isEqualTo(content);
  }

  private boolean isStored(String key) throws InterruptedException {
    try {
      return store.putIfAbsent(key, Body.of(content)) == PutOutcome.STORED;
    } catch (StoreException _) {
      return false;
    }
  }

  @Test
  void cutAnswerIsNoShorterObject() throws Exception {
    direct.put("k", Body.of(content));
    always(Fault.CUT_ANSWER);
    assertThatThrownBy(() -> get(store, "k")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store.get("k", new ByteRange.Part(0, 100_000)))
        .isInstanceOf(StoreException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"DELAY", "DRIP"})
  void slowAnswerIsAnAnswer(Fault fault) throws Exception {
    always(fault);
    assertThat(store.putIfAbsent("k", Body.of(content))).isEqualTo(PutOutcome.STORED);
    assertThat(get(store, "k")).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void deletesOfManyAreDoneOrNotKnownToBe(Fault fault) throws Exception {
    List<String> keys = List.of("a", "b", "c");
    for (String key : keys) {
      direct.put(key, Body.of(new byte[10]));
    }
    direct.put("other", Body.of(new byte[10]));
    always(fault);
    boolean isAnswered = false;
    try {
      assertThat(store.deleteAll(keys)).isEmpty();
      isAnswered = true;
    } catch (StoreException e) {
      assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    }
    assertThat(proxy.counts()).containsKey(fault);
    if (isAnswered) {
      assertThat(direct.list("", "").objects()).hasSize(1);
    }
    assertThat(isAnswered).isEqualTo(fault == Fault.DELAY || fault == Fault.DRIP);
    proxy.weather(FaultProxy.Weather.CALM);
    assertThat(store.deleteAll(keys)).isEmpty();
    assertThat(direct.list("", "").objects()).extracting(Listed::key).containsExactly("other");
  }

  @Test
  void serverThatIsAwayAndBack() throws Exception {
    proxy.away();
    assertThatThrownBy(() -> store.head("k")).isInstanceOf(StoreException.class);
    proxy.back();
    assertThat(store.head("k")).isEmpty();
  }
}
