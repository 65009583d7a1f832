package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.StoreProbe.Check;
import dev.tidemark.store.StoreProbe.Mode;
import dev.tidemark.store.StoreProbe.Report;
import dev.tidemark.store.StoreProbe.Result;
import dev.tidemark.store.s3.S3TestServer;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreProbeTest {
  private static Report probe(ObjectStore store) throws Exception {
    return StoreProbe.run(store, new Random(5), 8);
  }

  @Test
  void goodStoresAreFencedAndLeftClean(@TempDir Path dir) throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      ObjectStore local = Stores.open(new StoreUrl.Local(dir), false);
      for (ObjectStore store : List.of(new MemoryStore(), local, server.open(server.newBucket()))) {
        Report report = probe(store);
        assertThat(report.checks()).allMatch(check -> check.result() == Result.OK).hasSize(7);
        assertThat(report.mode()).isEqualTo(Mode.FENCED);
        assertThat(store.list("", "").objects()).isEmpty();
        store.close();
      }
    }
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void storeThatIgnoresTheConditionIsDetectOnly() throws Exception {
    Report report =
        probe(
            new Passing() {
              @Override
              public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
                memory.put(key, body);
                return PutOutcome.STORED;
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(failed(report)).containsExactly("put if absent", "duel");
  }

  @Test
  void unclearAnswersAreNoProof() throws Exception {
    Report report =
        probe(
            new Passing() {
              @Override
              public PutOutcome putIfAbsent(String key, Body body) {
                return PutOutcome.UNCLEAR;
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(report.checks())
        .filteredOn(check -> check.result() == Result.UNCLEAR)
        .extracting(Check::name)
        .containsExactly("put if absent", "duel");
  }

  @Test
  void refusedDeletesAreReportedOnly() throws Exception {
    Report report =
        probe(
            new Passing() {
              @Override
              public void delete(String key) throws StoreException {
                throw new StoreException(StoreException.Kind.REFUSED, "retention lock");
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.FENCED);
    assertThat(failed(report)).containsExactly("delete", "clean up");
  }

  @Test
  void laggingListAndWrongRangesAreFound() throws Exception {
    Report report =
        probe(
            new Passing() {
              @Override
              public ListPage list(String prefix, String after) {
                return new ListPage(List.of(), false);
              }

              @Override
              public Optional<Slice> get(String key, ByteRange range) {
                return super.get(key, new ByteRange.Part(0, 10));
              }
            });
    assertThat(failed(report)).containsExactly("list", "ranged reads");
    assertThat(report.ok()).isFalse();
  }

  @Test
  void missingRootIsThrown(@TempDir Path dir) {
    ObjectStore store = Stores.open(new StoreUrl.Local(dir.resolve("none")), false);
    assertThatThrownBy(() -> probe(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not exist");
  }

  private static List<String> failed(Report report) {
    return report.checks().stream()
        .filter(check -> check.result() == Result.FAILED)
        .map(Check::name)
        .toList();
  }

  /// A good store, of which a test spoils something.
  private static class Passing implements ObjectStore {
    final MemoryStore memory = new MemoryStore();

    @Override
    public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
      return memory.putIfAbsent(key, body);
    }

    @Override
    public void put(String key, Body body) throws StoreException {
      memory.put(key, body);
    }

    @Override
    public Optional<StoredObject> get(String key) {
      return memory.get(key);
    }

    @Override
    public Optional<Slice> get(String key, ByteRange range) {
      return memory.get(key, range);
    }

    @Override
    public OptionalLong head(String key) {
      return memory.head(key);
    }

    @Override
    public ListPage list(String prefix, String after) {
      return memory.list(prefix, after);
    }

    @Override
    public void delete(String key) throws StoreException {
      memory.delete(key);
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
