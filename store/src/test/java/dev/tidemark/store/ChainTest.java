package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A log that others change while it is listed: 20 transactions, four segments of five.
class ChainTest {
  private static final Id128 DATABASE = new Id128(1, 2);

  private final PageHistory history = PageHistory.random(new PageSize(512), new Random(9), 20, 10);
  private final MemoryStore store = new MemoryStore();
  private final LogBuilder log = new LogBuilder(store, DATABASE, history);
  private int looks;

  private interface Change {
    void make() throws Exception;
  }

  /// The bucket changes once, after its `prefix` was listed.
  private PassingStore changing(String prefix, Change change) {
    return new PassingStore(store) {
      @Override
      public ListPage list(String asked, String after) throws StoreException, InterruptedException {
        ListPage page = super.list(asked, after);
        if (asked.equals(prefix) && looks++ == 0) {
          try {
            change.make();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        }
        return page;
      }
    };
  }

  private void build() throws Exception {
    log.database();
    for (int first = 1; first <= 20; first += 5) {
      log.segment(first, first + 4);
    }
  }

  @Test
  void boundaryThatMovesBeforeItsCoversAreListedIsReadAgain() throws Exception {
    build();
    ObjectKey cover = log.snapshot(5);
    log.boundary(1, 5);
    PassingStore changing =
        changing(
            ObjectKey.MERGED,
            () -> {
              log.snapshot(10);
              log.boundary(2, 10);
              store.delete(cover.text());
            });
    Chain chain = Chain.read(changing).orElseThrow();
    assertThat(chain.start()).isEqualTo(history.position(10));
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void boundaryThatMovesPastTheListedSegmentsIsReadAgain() throws Exception {
    log.database();
    log.segment(1, 5);
    log.segment(6, 10);
    PassingStore changing =
        changing(
            ObjectKey.LOG,
            () -> {
              log.segment(11, 20);
              log.snapshot(10);
              log.boundary(1, 10);
            });
    Chain chain = Chain.read(changing).orElseThrow();
    assertThat(chain.start()).isEqualTo(history.position(10));
    assertThat(chain.slots()).hasSize(1);
  }

  @Test
  void whatStaysMissingIsLookedForThreeTimes() throws Exception {
    build();
    log.boundary(1, 5);
    Chain chain = Chain.read(changing(ObjectKey.LOG, () -> {})).orElseThrow();
    assertThat(chain.start()).isEqualTo(history.position(5));
    assertThat(looks).isEqualTo(3);
  }
}
