package dev.tidemark.shipper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private static final int SEEDS = 400;
  private static final int SECTOR = SimChange.SECTOR;

  /// A test that looks at one disk, and says what it found.
  private interface Trial {
    String on(SimDisk disk) throws Exception;
  }

  /// What may happen.
  private static Set<String> outcomes(Trial trial) throws Exception {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      seen.add(trial.on(new SimDisk(seed)));
    }
    return seen;
  }

  private static StateFiles.Handle synced(StateFiles files, String name, String content)
      throws IOException {
    StateFiles.Handle handle = files.open(name);
    write(handle, 0, content);
    handle.sync();
    files.syncFolder();
    return handle;
  }

  private static void write(StateFiles.Handle to, long offset, String text) throws IOException {
    to.write(offset, text.getBytes(US_ASCII), 0, text.length());
  }

  private static String read(StateFiles files, String name) throws IOException {
    return files.read(name).map(bytes -> new String(bytes, US_ASCII)).orElse("none");
  }

  @Test
  void killLeavesAllThatWasWritten() throws Exception {
    SimDisk disk = new SimDisk(1);
    SimFiles files = disk.open();
    write(files.open("a"), 2, "xyz");
    files.rename("a", "b");
    disk.kill();

    assertThat(disk.open().names()).containsExactly("b");
    assertThat(read(disk.open(), "b")).isEqualTo("\0\0xyz");
  }

  @Test
  void powerLossLeavesAnyOfTheWritesSinceTheSync() throws Exception {
    Set<String> seen =
        outcomes(disk -> {
          StateFiles.Handle handle = synced(disk.open(), "a", "....");
          write(handle, 1, "1");
          write(handle, 2, "2");
          write(handle, 3, "3");
          disk.losePower();
          return read(disk.open(), "a");
        });
    assertThat(seen)
        .containsExactlyInAnyOrder("....", ".1..", "..2.", "...3", ".12.", ".1.3", "..23", ".123");
  }

  @Test
  void writesAreTornAtSectorsOnly() throws Exception {
    String sectors = "a".repeat(SECTOR - 10) + "b".repeat(SECTOR) + "c".repeat(20);
    Set<String> seen =
        outcomes(disk -> {
          StateFiles.Handle handle = synced(disk.open(), "a", ".".repeat(3 * SECTOR));
          write(handle, 10, sectors);
          disk.losePower();
          return read(disk.open(), "a").replaceAll("(.)\\1+", "$1");
        });
    assertThat(seen).containsExactlyInAnyOrder(".", ".abc.", ".a.", ".ab.", ".bc.", ".c.");
  }

  @Test
  void truncateSurvivesOrNot() throws Exception {
    Set<String> seen =
        outcomes(disk -> {
          synced(disk.open(), "a", "abcdef");
          StateFiles.Handle handle = disk.open().open("a");
          handle.truncate(2);
          write(handle, 3, "x");
          disk.losePower();
          return read(disk.open(), "a");
        });
    assertThat(seen).containsExactlyInAnyOrder("abcdef", "ab", "abcxef", "ab\0x");
  }

  @Test
  void namesSurviveInTheirOrder() throws Exception {
    Set<String> seen =
        outcomes(disk -> {
          SimFiles files = disk.open();
          files.open("a");
          files.rename("a", "b");
          files.open("c");
          files.delete("b");
          disk.losePower();
          return disk.open().names().toString();
        });
    assertThat(seen).containsExactlyInAnyOrder("[]", "[a]", "[b]", "[b, c]", "[c]");
  }

  @Test
  void renameOfWhatWasNotSyncedMayLeaveAnEmptyFile() throws Exception {
    Set<String> seen =
        outcomes(disk -> {
          SimFiles files = disk.open();
          synced(files, "a", "old");
          write(files.open("b"), 0, "new");
          files.rename("b", "a");
          files.syncFolder();
          disk.losePower();
          return read(disk.open(), "a");
        });
    assertThat(seen).containsExactlyInAnyOrder("", "new");
  }

  @Test
  void replacedFileIsTheOldOrTheNewOneAtEveryCall() throws Exception {
    for (int call = 1; call <= 6; call++) {
      int at = call;
      Set<String> seen =
          outcomes(disk -> {
            disk.open().replace("a", new byte[] {'1'});
            SimFiles files = disk.open();
            disk.killAt(at);
            assertThatThrownBy(() -> files.replace("a", new byte[] {'2'}))
                .isInstanceOf(SimKilled.class);
            disk.losePower();
            return read(disk.open(), "a");
          });
      List<String> possible = at < 5 ? List.of("1") : List.of("1", "2");
      assertThat(seen).as("call %d", at).containsExactlyElementsOf(possible);
    }
    SimDisk disk = new SimDisk(1);
    disk.open().replace("a", new byte[] {'2'});
    assertThat(disk.calls()).isEqualTo(6);
    disk.losePower();
    assertThat(read(disk.open(), "a")).isEqualTo("2");
  }

  @Test
  void mappingIsKeptByAKillAndInPartByAPowerLoss() throws Exception {
    long block = SimContent.BLOCK;
    Set<String> seen =
        outcomes(disk -> {
          SimFiles files = disk.open();
          MemorySegment memory = files.map("a", 3 * block);
          files.syncFolder();
          memory.set(ValueLayout.JAVA_LONG, 0, 1);
          files.force("a");
          memory.set(ValueLayout.JAVA_LONG, block, 1);
          memory.set(ValueLayout.JAVA_LONG, 2 * block, 1);
          disk.kill();
          memory.set(ValueLayout.JAVA_LONG, 0, 7);
          assertThat(pages(disk)).isEqualTo("111");
          disk.losePower();
          return pages(disk);
        });
    assertThat(seen).containsExactlyInAnyOrder("100", "110", "101", "111");
  }

  private static String pages(SimDisk disk) throws IOException {
    MemorySegment memory = disk.open().map("a", 3L * SimContent.BLOCK);
    StringBuilder pages = new StringBuilder();
    for (long at = 0; at < memory.byteSize(); at += SimContent.BLOCK) {
      pages.append(memory.get(ValueLayout.JAVA_LONG, at));
    }
    return pages.toString();
  }

  @Test
  void failedSyncDropsWhatItCouldNotWrite() throws Exception {
    SimDisk disk = new SimDisk(() -> 0);
    StateFiles.Handle handle = synced(disk.open(), "a", "..");
    write(handle, 0, "1");
    disk.failAt(1);
    assertThatThrownBy(handle::sync).hasMessage("Input/output error");
    write(handle, 1, "2");
    handle.sync();
    disk.losePower();

    assertThat(read(disk.open(), "a")).isEqualTo(".2");
  }

  @Test
  void callThatFailsFailsOnceAndIsNotDone() throws Exception {
    SimDisk disk = new SimDisk(3);
    SimFiles files = disk.open();
    disk.failAt(2);
    files.open("a");
    assertThatThrownBy(() -> files.rename("a", "b")).hasMessage("Input/output error");
    files.open("c");

    assertThat(files.names()).containsExactly("a", "c");
    assertThat(disk.calls()).isEqualTo(3);
  }

  @Test
  void fullDiskTakesAPart() throws Exception {
    SimDisk disk = new SimDisk(3);
    SimFiles files = disk.open();
    disk.room(5);
    StateFiles.Handle handle = files.open("a");
    write(handle, 0, "abc");
    assertThatThrownBy(() -> write(handle, 3, "def")).hasMessage("No space left on device");
    assertThatThrownBy(() -> files.map("b", 10)).hasMessage("No space left on device");
    assertThat(read(files, "a")).isEqualTo("abcde");
  }

  @Test
  void killedProcessCallsNothingAnyMore() throws Exception {
    SimDisk disk = new SimDisk(3);
    SimFiles files = disk.open();
    StateFiles.Handle handle = files.open("a");
    disk.killAt(2);
    write(handle, 0, "a");
    assertThatThrownBy(() -> write(handle, 1, "b")).isInstanceOf(SimKilled.class);

    assertThatThrownBy(handle::size).isInstanceOf(SimKilled.class);
    assertThatThrownBy(files::names).isInstanceOf(SimKilled.class);
    assertThatThrownBy(files::close).isInstanceOf(SimKilled.class);
    assertThat(read(disk.open(), "a")).startsWith("a");
  }

  @Test
  void callThatKillsHasItsEffectOrNot() throws Exception {
    Set<String> seen =
        outcomes(disk -> {
          StateFiles.Handle handle = disk.open().open("a");
          disk.killAt(1);
          assertThatThrownBy(() -> write(handle, 0, "ab")).isInstanceOf(SimKilled.class);
          return read(disk.open(), "a");
        });
    assertThat(seen).containsExactlyInAnyOrder("", "a", "ab");
  }

  @Test
  void sameSeedGivesTheSameBytes() throws Exception {
    Trial life =
        disk -> {
          StateFiles.Handle handle = disk.open().open("a");
          disk.open().syncFolder();
          StateFiles.Handle again = disk.open().open("a");
          assertThatThrownBy(handle::size).isInstanceOf(SimKilled.class);
          byte[] page = new byte[2_000];
          for (int i = 0; i < 50; i++) {
            Arrays.fill(page, (byte) ('a' + i % 26));
            again.write(i * 700L, page, 0, page.length);
          }
          disk.losePower();
          return read(disk.open(), "a");
        };
    for (int seed = 0; seed < 20; seed++) {
      assertThat(life.on(new SimDisk(seed)))
          .as("seed %d", seed)
          .isEqualTo(life.on(new SimDisk(seed)));
    }
    assertThat(outcomes(life)).hasSizeGreaterThan(SEEDS / 4);
  }
}
