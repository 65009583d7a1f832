package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfdLocksTest {
  private static final LockRange RANGE = LockBytes.READERS;
  @TempDir Path directory;

  @Test
  void sharedLocksGoTogetherAndExclusiveOnesDoNot() throws Exception {
    Path path = Files.createFile(directory.resolve("f"));
    try (var first = NativeFile.openReadWrite(path);
        var second = NativeFile.openReadWrite(path)) {
      var ours = new OfdLocks(first);
      var theirs = new OfdLocks(second);

      assertThat(OfdLocks.areAvailable(first)).isTrue();
      assertThat(ours.tryShared(RANGE)).isTrue();
      assertThat(theirs.tryShared(LockBytes.read(2))).isTrue();
      assertThat(theirs.tryExclusive(LockBytes.read(1))).isFalse();
      assertThat(theirs.tryExclusive(LockBytes.CKPT)).isTrue();
      assertThat(ours.exclusiveHolder(LockBytes.CKPT))
          .contains(new OfdLocks.Holder(true, LockBytes.CKPT, -1));
      assertThat(ours.exclusiveHolder(RANGE)).isEmpty();
      assertThat(ours.holder(RANGE)).isPresent();
      assertThat(theirs.holder(LockBytes.WRITE)).isEmpty();

      ours.unlock(RANGE);
      assertThat(theirs.tryExclusive(LockBytes.read(1))).isTrue();
    }
  }

  @Test
  void lockSurvivesEveryOtherCloseOfTheFileAndEndsWithItsOwn() throws Exception {
    Path path = Files.createFile(directory.resolve("f"));
    try (var second = NativeFile.openReadWrite(path)) {
      try (var first = NativeFile.openReadWrite(path)) {
        assertThat(new OfdLocks(first).tryExclusive(RANGE)).isTrue();
        NativeFile.openReadOnly(path).close();
        assertThat(Files.readAllBytes(path)).isEmpty();

        assertThat(new OfdLocks(second).tryShared(RANGE)).isFalse();
      }
      assertThat(new OfdLocks(second).tryShared(RANGE)).isTrue();
    }
  }

  @Test
  void locksOfAnotherProcessAreSeenWithItsId() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      app.exec("BEGIN IMMEDIATE");
      try (var shm = NativeFile.openReadOnly(WalReading.beside(file, "-shm"))) {
        OfdLocks.Holder holder = new OfdLocks(shm).exclusiveHolder(LockBytes.WRITE).orElseThrow();

        assertThat(holder.pid()).isEqualTo((int) app.pid());
        assertThat(holder.exclusive()).isTrue();
      }
    }
  }

  @Test
  void statFollowsTheFileAndNotThePath() throws Exception {
    Path path = Files.writeString(directory.resolve("f"), "four");
    try (var file = NativeFile.openReadWrite(path)) {
      FileStat before = file.stat();
      assertThat(before.size()).isEqualTo(4);
      assertThat(before.nlink()).isEqualTo(1);
      assertThat(before.ino()).isEqualTo(Files.getAttribute(path, "unix:ino"));
      assertThat(NativeFile.stat(path)).contains(before);
      assertThat(PortableFile.stat(path).orElseThrow().mtimeNanos()).isEqualTo(before.mtimeNanos());

      Files.delete(path);

      assertThat(file.stat().nlink()).isZero();
      assertThat(NativeFile.stat(path)).isEmpty();
    }
    assertThatThrownBy(() -> NativeFile.openReadOnly(path)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void writesAreReadBackAcrossTheTransferBuffer() throws Exception {
    var written = new byte[600_001];
    new Random(5).nextBytes(written);
    try (var file = NativeFile.openOrCreate(directory.resolve("f"))) {
      file.write(11, written, 0, written.length);
      file.sync();
      var read = new byte[written.length + 20];

      assertThat(file.read(11, read, 7, written.length + 5)).isEqualTo(written.length);
      assertThat(Arrays.equals(read, 7, 7 + written.length, written, 0, written.length)).isTrue();

      file.truncate(5);
      assertThat(file.size()).isEqualTo(5);
    }
  }

  @Test
  void closedFileRefusesInsteadOfUsingSomeoneElsesDescriptor() throws Exception {
    var file = NativeFile.openOrCreate(directory.resolve("f"));
    file.close();
    file.close();

    assertThatThrownBy(file::stat).isInstanceOf(IllegalStateException.class);
  }
}
