package dev.tidemark.store.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.KeyRule;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import dev.tidemark.store.probe.StoreProbe.Mode;
import dev.tidemark.store.probe.StoreProbe.Report;
import dev.tidemark.store.probe.StoreProbe.Result;
import dev.tidemark.store.s3.S3TestServer;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A probe leaves nothing behind, and touches nothing that is not its own.
@Timeout(60)
class LeftoversTest {
  private static final byte[] OTHERS = {1, 2, 3};

  @Test
  void goodStoresAreFencedAndLeftClean(@TempDir Path dir) throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      StoreUrl.S3 url = server.newBucket();
      ObjectStore local = Stores.open(new StoreUrl.Local(dir), false);
      for (ObjectStore store : List.of(new MemoryStore(), local, server.open(url))) {
        Report report = Probing.run(store);
        assertThat(report.bad()).isEmpty();
        assertThat(report.mode()).isEqualTo(Mode.FENCED);
        assertThat(store.list("", "").objects()).isEmpty();
        store.close();
      }
      assertThat(server.unfinishedUploads(url.bucket())).isZero();
    }
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void tellsWhatOnlyABucketCan() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        ObjectStore store = server.open(server.newBucket())) {
      assertThat(Probing.run(store).checks())
          .filteredOn(check -> check.result() != Result.WARNING)
          .extracting(StoreProbe.Check::name)
          .contains("put if absent in parts", "duel in parts");
      assertThat(store.insight().serverTime()).isPresent();
    }
  }

  @Test
  void touchesOnlyItsOwnKeys() throws Exception {
    MemoryStore memory = new MemoryStore();
    memory.put("log/a", Body.of(OTHERS));
    memory.put(KeyRule.PROBES + "another/absent-1", Body.of(OTHERS));
    ConcurrentSkipListSet<String> touched = new ConcurrentSkipListSet<>();
    Probing.run(
        new PassingStore(memory) {
          @Override
          public PutOutcome putIfAbsent(String key, Body body)
              throws StoreException, InterruptedException {
            touched.add(key);
            return store.putIfAbsent(key, body);
          }

          @Override
          public void put(String key, Body body) throws StoreException, InterruptedException {
            touched.add(key);
            store.put(key, body);
          }

          @Override
          public void delete(String key) throws StoreException, InterruptedException {
            touched.add(key);
            store.delete(key);
          }
        });
    String own = touched.first().substring(0, KeyRule.PROBES.length() + 33);
    assertThat(touched).allMatch(key -> key.startsWith(own) && key.startsWith(KeyRule.PROBES));
    assertThat(memory.objects()).containsOnlyKeys("log/a", KeyRule.PROBES + "another/absent-1");
  }

  @Test
  void interruptedProbeCleansUp() {
    MemoryStore memory = new MemoryStore();
    ObjectStore store =
        new PassingStore(memory) {
          @Override
          public void put(String key, Body body) throws StoreException, InterruptedException {
            super.put(key, body);
            if (key.contains("/list/")) {
              throw new InterruptedException();
            }
          }
        };
    assertThatThrownBy(() -> Probing.run(store)).isInstanceOf(InterruptedException.class);
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void probeInterruptedInADuelWaitsForItsWriters() throws Exception {
    MemoryStore memory = new MemoryStore();
    Thread probing = Thread.currentThread();
    ObjectStore store =
        new PassingStore(memory) {
          @Override
          public PutOutcome putIfAbsent(String key, Body body)
              throws StoreException, InterruptedException {
            if (key.contains("/duel-")) {
              probing.interrupt();
            }
            return super.putIfAbsent(key, body);
          }
        };
    assertThatThrownBy(() -> Probing.run(store)).isInstanceOf(InterruptedException.class);
    // The writers interrupted more often than once.
    Thread.interrupted();
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void failedProbeCleansUp() {
    MemoryStore memory = new MemoryStore();
    ObjectStore store =
        new PassingStore(memory) {
          @Override
          public Optional<Slice> get(String key, ByteRange range) {
            throw new IllegalStateException("a bug");
          }
        };
    assertThatThrownBy(() -> Probing.run(store)).hasMessage("a bug");
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void deleteThatFailsOnceIsRepeated() throws Exception {
    MemoryStore memory = new MemoryStore();
    ConcurrentSkipListSet<String> failed = new ConcurrentSkipListSet<>();
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public void delete(String key) throws StoreException, InterruptedException {
                if (failed.add(key)) {
                  throw new StoreException(StoreException.Kind.UNAVAILABLE, "503");
                }
                store.delete(key);
              }
            });
    assertThat(report.bad()).isEmpty();
    assertThat(memory.objects()).isEmpty();
  }
}
