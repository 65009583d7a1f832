package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// `log` beside a maintainer that deletes what was listed before it is read.
class LogCommandTest {
  private final PageHistory history = PageHistory.random(new PageSize(512), new Random(5), 9, 20);
  private final MemoryStore store = new MemoryStore();
  private final LogBuilder builder = new LogBuilder(store, new Id128(1, 2), history);

  private interface Maintainer {
    void work() throws Exception;
  }

  /// Works just before an object is read.
  private static final class Overtaken extends PassingStore {
    private final String key;
    private final Maintainer maintainer;

    Overtaken(MemoryStore store, ObjectKey key, Maintainer maintainer) {
      super(store);
      this.key = key.text();
      this.maintainer = maintainer;
    }

    @Override
    public Optional<Slice> get(String read, ByteRange range)
        throws StoreException, InterruptedException {
      if (read.equals(key)) {
        try {
          maintainer.work();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return super.get(read, range);
    }
  }

  private ObjectKey first;

  @BeforeEach
  void storeALog() throws Exception {
    builder.database();
    first = builder.segment(1, 3);
    builder.segment(4, 6);
    builder.segment(7, 9);
  }

  private static LogCommand command(String... options) {
    LogCommand command = new LogCommand();
    List<String> line = new ArrayList<>(List.of("memory"));
    line.addAll(List.of(options));
    new CommandLine(command).parseArgs(line.toArray(String[]::new));
    return command;
  }

  private static boolean isListed(LogCommand command, PassingStore from, List<String> lines)
      throws Exception {
    return command.isListed(from, line -> lines.add(line.toString()), false);
  }

  @Test
  void looksAgainWhenASegmentWent() throws Exception {
    LogCommand command = command();
    Overtaken overtaken =
        new Overtaken(
            store,
            first,
            () -> {
              builder.snapshot(3);
              builder.boundary(1, 3);
              store.delete(first.text());
            });
    assertThat(isListed(command, overtaken, new ArrayList<>())).isFalse();
    List<String> lines = new ArrayList<>();
    assertThat(isListed(command, overtaken, lines)).isTrue();
    assertThat(lines).hasSize(7).first().asString().startsWith(history.position(3).toString());
  }

  @Test
  void looksAgainWhenAMergedFileWent() throws Exception {
    ObjectKey merged = builder.merged(1, 1, 3);
    builder.boundary(1, 3);
    LogCommand command = command();
    Overtaken overtaken =
        new Overtaken(
            store,
            merged,
            () -> {
              builder.snapshot(3);
              store.delete(merged.text());
            });
    assertThat(isListed(command, overtaken, new ArrayList<>())).isFalse();
    List<String> lines = new ArrayList<>();
    assertThat(isListed(command, overtaken, lines)).isTrue();
    assertThat(lines).hasSize(7);
  }

  @Test
  void looksAgainWhenTheLastSegmentOfAListOfObjectsWent() throws Exception {
    ObjectKey last = ObjectKey.Slot.after(history.position(6));
    LogCommand command = command("--objects");
    Overtaken overtaken = new Overtaken(store, last, () -> store.delete(last.text()));
    assertThat(isListed(command, overtaken, new ArrayList<>())).isFalse();
  }

  @Test
  void isDamageInTheEndWhenItStaysAway() {
    PassingStore withholding =
        new PassingStore(store) {
          @Override
          public Optional<Slice> get(String key, ByteRange range)
              throws StoreException, InterruptedException {
            return key.equals(first.text()) ? Optional.empty() : super.get(key, range);
          }
        };
    assertThatThrownBy(() -> command().isListed(withholding, _ -> {}, true))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining(first.text() + ": was listed and is gone");
  }

  /// Another look would show the same.
  @Test
  void aHoleIsToldAtOnce() {
    store.delete(ObjectKey.Slot.after(history.position(3)).text());
    assertThatThrownBy(() -> command().isListed(store, _ -> {}, false))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("is missing");
  }
}
