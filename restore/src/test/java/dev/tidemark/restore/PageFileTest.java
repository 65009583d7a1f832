package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageFileTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void lockPageIsZerosAndCounts(int more) throws Exception {
    PageSize size = new PageSize(65_536);
    long pages = size.lockPgno() + more;
    Path out = dir.resolve("out");
    try (FileChannel channel = open(out);
        DirectFile direct = DirectFile.open(out, channel);
        PageFile file = new PageFile(channel, direct)) {
      file.begin(Position.START, size, pages);
      for (long pgno : new long[] {pages, 1, size.lockPgno() - 1}) {
        if (!size.isLockPage(pgno)) {
          file.page(pgno, 0, page(size, (byte) 7));
        }
      }
      file.finish();
    }
    assertThat(Files.size(out)).isEqualTo(pages * size.bytes());
    try (RandomAccessFile file = new RandomAccessFile(out.toFile(), "r")) {
      byte[] page = new byte[size.bytes()];
      file.seek(size.offsetOf(size.lockPgno() - 1));
      file.readFully(page);
      assertThat(page).isEqualTo(page(size, (byte) 7));
      if (more >= 0) {
        file.readFully(page);
        assertThat(page).isEqualTo(new byte[size.bytes()]);
      }
    }
  }

  @Test
  void lastVersionOfAPageCountsWhateverTheOrder() throws Exception {
    PageSize size = new PageSize(4096);
    int pages = 3000;
    byte[] expected = new byte[pages * size.bytes()];
    Path out = dir.resolve("out");
    Random random = new Random(5);
    try (FileChannel channel = open(out);
        DirectFile direct = DirectFile.open(out, channel);
        PageFile file = new PageFile(channel, direct)) {
      file.begin(Position.START, size, 1);
      file.page(9_000, 0, page(size, (byte) 1));
      file.begin(Position.START, size, pages);
      for (int i = 0; i < 20_000; i++) {
        int pgno = 1 + random.nextInt(pages);
        byte[] page = page(size, (byte) random.nextInt());
        file.page(pgno, 0, page);
        System.arraycopy(page, 0, expected, (pgno - 1) * size.bytes(), size.bytes());
      }
      file.finish();
    }
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65_536})
  void longRunsArriveWhateverThePageSize(int pageBytes) throws Exception {
    PageSize size = new PageSize(pageBytes);
    int pages = (10 << 20) / pageBytes + 3;
    byte[] expected = new byte[pages * pageBytes];
    Path out = dir.resolve("out");
    try (FileChannel channel = open(out);
        DirectFile direct = DirectFile.open(out, channel);
        PageFile file = new PageFile(channel, direct)) {
      file.begin(Position.START, size, pages);
      for (int pgno = 1; pgno <= pages; pgno++) {
        byte[] page = page(size, (byte) (pgno * 31 + (pgno >> 8)));
        file.page(pgno, 0, page);
        System.arraycopy(page, 0, expected, (pgno - 1) * pageBytes, pageBytes);
      }
      file.finish();
    }
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
  }

  @Test
  void refusedDirectWriteGoesTheOtherWay() throws Exception {
    PageSize size = new PageSize(4096);
    int pages = 600;
    Path out = dir.resolve("out");
    FileChannel closed = open(dir.resolve("closed"));
    closed.close();
    try (FileChannel channel = open(out);
        DirectFile direct = new DirectFile(channel, Optional.of(closed), 4096);
        PageFile file = new PageFile(channel, direct)) {
      file.begin(Position.START, size, pages);
      for (int pgno = 1; pgno <= pages; pgno++) {
        file.page(pgno, 0, page(size, (byte) 9));
      }
      file.finish();
    }
    byte[] expected = new byte[pages * 4096];
    Arrays.fill(expected, (byte) 9);
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
  }

  private static byte[] page(PageSize size, byte fill) {
    byte[] page = new byte[size.bytes()];
    Arrays.fill(page, fill);
    return page;
  }

  private static FileChannel open(Path out) throws Exception {
    return FileChannel.open(out, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
