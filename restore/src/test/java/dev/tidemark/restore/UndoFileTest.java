package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.PageSums;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoFileTest {
  private static final int PAGES = 40_000;

  @TempDir Path dir;

  /// The process that made the changes has closed nothing.
  @Test
  void leadsBackFromWhereAProcessWasKilled() throws Exception {
    long seed = 17;
    Random random = new Random(seed);
    Path file = dir.resolve("sums");
    PageSums sums = PageSums.open(file, 0);
    for (long pgno = 1; pgno <= PAGES; pgno++) {
      sums.set(pgno, random.nextLong());
    }
    Position base = new Position(new Txid(5), sums.checksum());
    UndoFile undo = UndoFile.open(dir.resolve("undo"));
    undo.begin(base, PAGES);
    for (int i = 0; i < 5_000; i++) {
      long pgno = 1 + random.nextLong(PAGES + 30_000L);
      undo.before(pgno, sums.get(pgno));
      sums.set(pgno, random.nextLong());
    }
    for (long pgno = PAGES / 2; pgno <= sums.pages(); pgno++) {
      undo.before(pgno, sums.get(pgno));
    }
    sums.truncate(PAGES / 2 - 1);

    try (PageSums found = PageSums.open(file, PAGES);
        UndoFile again = UndoFile.open(dir.resolve("undo"))) {
      again.rollBack(base, found);
      assertThat(found.pages()).isEqualTo(PAGES);
      assertThat(found.checksum()).as("seed " + seed).isEqualTo(base.checksum());
      Random same = new Random(seed);
      for (long pgno = 1; pgno <= PAGES; pgno++) {
        assertThat(found.get(pgno)).as("page %d, seed %d", pgno, seed).isEqualTo(same.nextLong());
      }
    }
    sums.close();
    undo.close();
  }

  @Test
  void isDoneWithWhatWasBegunElsewhere() throws Exception {
    try (PageSums sums = PageSums.open(dir.resolve("sums"), 0);
        UndoFile undo = UndoFile.open(dir.resolve("undo"))) {
      undo.begin(Position.START, 0);
      undo.before(1, 0);
      sums.set(1, 99);
      undo.rollBack(new Position(new Txid(1), sums.checksum()), sums);
      assertThat(sums.get(1)).isEqualTo(99);
      undo.rollBack(Position.START, sums);
      assertThat(sums.get(1)).isEqualTo(99);
    }
  }
}
