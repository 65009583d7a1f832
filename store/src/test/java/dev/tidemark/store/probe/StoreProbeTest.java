package dev.tidemark.store.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import dev.tidemark.store.probe.StoreProbe.Check;
import dev.tidemark.store.probe.StoreProbe.Mode;
import dev.tidemark.store.probe.StoreProbe.Report;
import dev.tidemark.store.probe.StoreProbe.Result;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stores that lie, each in one way.
@Timeout(60)
class StoreProbeTest {
  private final MemoryStore memory = new MemoryStore();

  /// Puts whether there is an object or not.
  private ObjectStore careless() {
    return new PassingStore(memory) {
      @Override
      public PutOutcome putIfAbsent(String key, Body body)
          throws StoreException, InterruptedException {
        store.put(key, body);
        return PutOutcome.STORED;
      }
    };
  }

  @Test
  void ignoredConditionIsDetectOnly() throws Exception {
    Report report = Probing.run(careless());
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(Probing.failed(report)).containsExactly("put if absent", "duel");
    assertThat(memory.objects()).isEmpty();
  }

  /// Passes every test that one writer can make.
  @Test
  void checkingFirstAndWritingThenIsCaughtByTheDuel() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public PutOutcome putIfAbsent(String key, Body body)
                  throws StoreException, InterruptedException {
                boolean there = store.head(key).isPresent();
                LockSupport.parkNanos(3_000_000);
                if (there) {
                  return PutOutcome.PRESENT;
                }
                store.put(key, body);
                return PutOutcome.STORED;
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(Probing.failed(report)).containsExactly("duel");
    assertThat(report.bad().getFirst().detail()).contains("checks first and writes then");
  }

  @Test
  void objectThatIsNotTheWinnersIsCaughtByTheDuel() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public PutOutcome putIfAbsent(String key, Body body)
                  throws StoreException, InterruptedException {
                PutOutcome outcome = store.putIfAbsent(key, body);
                if (outcome == PutOutcome.PRESENT && key.contains("duel")) {
                  store.put(key, body);
                }
                return outcome;
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(Probing.failed(report)).containsExactly("duel");
    assertThat(report.bad().getFirst().detail()).contains("not the winner's");
  }

  @Test
  void conditionMustHoldForPartsToo() throws Exception {
    Report report =
        Probing.run(
            Probing.telling(
                memory,
                new StoreInsight() {
                  @Override
                  public Optional<ObjectStore> inParts() {
                    return Optional.of(careless());
                  }
                }));
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(Probing.failed(report)).containsExactly("put if absent in parts", "duel in parts");
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void unclearAnswersAreNoProof() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public PutOutcome putIfAbsent(String key, Body body) {
                return PutOutcome.UNCLEAR;
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.DETECT_ONLY);
    assertThat(report.bad())
        .allMatch(check -> check.result() == Result.UNCLEAR)
        .extracting(Check::name)
        .containsExactly("put if absent", "duel");
  }

  @Test
  void unclearAnswerIsAskedForAgain() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public PutOutcome putIfAbsent(String key, Body body)
                  throws StoreException, InterruptedException {
                PutOutcome outcome = store.putIfAbsent(key, body);
                return puts.incrementAndGet() % 2 == 0 ? outcome : PutOutcome.UNCLEAR;
              }
            });
    assertThat(report.checks().getFirst().result()).isEqualTo(Result.OK);
  }

  @Test
  void refusedDeletesAreReportedOnly() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public void delete(String key) throws StoreException {
                throw new StoreException(Kind.REFUSED, "allow s3:DeleteObject");
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.FENCED);
    assertThat(Probing.failed(report)).containsExactly("delete", "clean up");
    assertThat(report.bad().getLast().detail()).contains("stay under doctor/");
  }

  @Test
  void refusedListIsReportedWithTheRest() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public ListPage list(String prefix, String after) throws StoreException {
                throw new StoreException(Kind.REFUSED, "allow s3:ListBucket");
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.FENCED);
    assertThat(Probing.failed(report)).containsExactly("list", "delete");
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void refusedReadOfAMissingKeyNamesTheRight() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public OptionalLong head(String key) throws StoreException, InterruptedException {
                OptionalLong size = store.head(key);
                if (size.isEmpty()) {
                  throw new StoreException(Kind.REFUSED, "403");
                }
                return size;
              }
            });
    assertThat(Probing.failed(report)).containsExactly("missing key", "delete");
    assertThat(report.bad().getFirst().detail()).contains("s3:ListBucket");
  }

  @Test
  void listThatLagsIsFound() throws Exception {
    List<String> recent = new ArrayList<>();
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public void put(String key, Body body) throws StoreException, InterruptedException {
                store.put(key, body);
                recent.add(key);
              }

              @Override
              public ListPage list(String prefix, String after)
                  throws StoreException, InterruptedException {
                List<Listed> found = new ArrayList<>(store.list(prefix, after).objects());
                found.removeIf(listed -> listed.key().equals(recent.getLast()));
                return new ListPage(found, false);
              }
            });
    assertThat(report.mode()).isEqualTo(Mode.FENCED);
    assertThat(Probing.failed(report)).containsExactly("list");
  }

  @Test
  void listThatStillShowsTheDeletedIsFound() throws Exception {
    List<Listed> deleted = new ArrayList<>();
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public void delete(String key) throws StoreException, InterruptedException {
                store.delete(key);
                deleted.add(new Listed(key, 10, Listed.UNKNOWN));
              }

              @Override
              public ListPage list(String prefix, String after)
                  throws StoreException, InterruptedException {
                List<Listed> found = new ArrayList<>(store.list(prefix, after).objects());
                deleted.stream().filter(it -> it.key().startsWith(prefix)).forEach(found::add);
                return new ListPage(found, false);
              }
            });
    assertThat(Probing.failed(report)).containsExactly("delete");
    assertThat(report.bad().getFirst().detail()).contains("still listed");
  }

  @Test
  void wrongRangesAreFound() throws Exception {
    Report report =
        Probing.run(
            new PassingStore(memory) {
              @Override
              public Optional<Slice> get(String key, ByteRange range)
                  throws StoreException, InterruptedException {
                return store.get(key, new ByteRange.Part(0, 10));
              }
            });
    assertThat(Probing.failed(report)).containsExactly("ranged reads", "segment");
  }

  @Test
  void wrongClockIsAWarning() throws Exception {
    Report report =
        Probing.run(
            Probing.telling(
                memory,
                new StoreInsight() {
                  @Override
                  public Optional<Instant> serverTime() {
                    return Optional.of(Probing.NOW.minusSeconds(90));
                  }

                  @Override
                  public List<String> lifecycleRules() {
                    return List.of("'old' (expires objects below '')");
                  }
                }));
    assertThat(report.ok()).isTrue();
    assertThat(report.checks())
        .filteredOn(check -> check.result() == Result.WARNING)
        .extracting(Check::name)
        .containsExactly("clock", "life-cycle rules");
    assertThat(report.checks()).anyMatch(check -> check.detail().contains("90 s behind"));
  }

  @Test
  void missingRootIsThrown(@TempDir Path dir) {
    ObjectStore store = Stores.open(new StoreUrl.Local(dir.resolve("none")), false);
    assertThatThrownBy(() -> Probing.run(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not exist");
  }
}
