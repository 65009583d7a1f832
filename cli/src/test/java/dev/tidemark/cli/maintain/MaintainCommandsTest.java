package dev.tidemark.cli.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands of maintenance, where something is in their way. The log has two segments.
@Timeout(120)
class MaintainCommandsTest {
  private static final PageHistory HISTORY =
      PageHistory.random(new PageSize(512), new Random(3), 6, 20);

  @TempDir Path folder;

  private TidemarkProcess tidemark;
  private Path root;

  @BeforeEach
  void storeALog() throws Exception {
    tidemark = new TidemarkProcess(folder);
    root = folder.resolve("log");
    try (ObjectStore store = Stores.open(new StoreUrl.Local(root), true)) {
      LogBuilder log = new LogBuilder(store, new Id128(1, 2), HISTORY).database();
      log.segment(1, 2);
      log.segment(3, 6);
    }
  }

  @Test
  void anUnreadablePinIsListedApart() throws Exception {
    assertThat(run("pin", "--name", "good").status()).isZero();
    Files.writeString(root.resolve("pins/x.json"), "garbage");
    TidemarkProcess.Result listed = run("pin");
    assertThat(listed.status()).isZero();
    assertThat(listed.out()).contains("good").doesNotContain("pins/x.json").hasLineCount(1);
    assertThat(listed.err())
        .startsWith("tidemark: warning: " + root + ": pins/x.json: is no record of Tidemark's: ")
        .contains("'tidemark pin URL --remove x', and set it anew")
        .hasLineCount(1);
    assertThat(run("pin", "--json").out()).startsWith("{\"name\":\"good\"").hasLineCount(1);
  }

  @Test
  void nothingIsMaintainedUntilAnUnreadablePinIsRemoved() throws Exception {
    assertThat(run("pin", "--name", "good").status()).isZero();
    Files.writeString(root.resolve("pins/x.json"), "{\"format\":1,");
    TidemarkProcess.Result refused = run("maintain", "--keep", "transactions=0s", "--grace", "0s");
    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err())
        .startsWith("tidemark: " + root + ": pins/x.json: is no record of Tidemark's: ")
        .contains("it is cut short", "nothing is deleted", "'tidemark pin URL --remove x'")
        .hasLineCount(1);
    assertThat(root.resolve("merged")).doesNotExist();
    assertThat(run("pin", "--name", "x").err()).contains("'tidemark pin URL --remove x'");
    assertThat(run("pin", "--remove", "x").status()).isZero();
    assertThat(root.resolve("pins/x.json")).doesNotExist();
    assertThat(run("pin", "--remove", "x").status()).isEqualTo(4);
    assertThat(run("maintain", "--keep", "transactions=0s").status()).isZero();
    assertThat(run("pin").out()).contains("good");
  }

  @Test
  void aDamagedRecordIsOnePlainLineEverywhere() throws Exception {
    try (ObjectStore store = Stores.open(new StoreUrl.Local(root), false)) {
      LogBuilder log = new LogBuilder(store, new Id128(1, 2), HISTORY);
      log.snapshot(2);
      log.boundary(1, 2);
    }
    for (String record : new String[] {"boundary/00000001.json", "database.json"}) {
      Files.writeString(root.resolve(record), "{\"format\":1,\"created\":oops}");
      for (String command : new String[] {"maintain", "restore", "verify", "status"}) {
        TidemarkProcess.Result result =
            command.equals("restore") ? run(command, "out.db") : run(command);
        assertThat(result.status()).as(command).isEqualTo(3);
        assertThat(result.err())
            .as(command)
            .contains(
                record + ": is no record of Tidemark's: it is not JSON, near byte ",
                "; put it back from a copy, or from an earlier version of the object")
            .doesNotContain("token");
      }
    }
  }

  @Test
  void whatAKilledProcessLeftIsToldAndRemovedAfterTheGraceTime() throws Exception {
    Path left = root.resolve(".tmp/0123456789abcdef0123456789abcdef-7");
    Files.write(left, new byte[10]);
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(2 * 3600)));
    assertThat(run("verify").out())
        .startsWith("note  .tmp/" + left.getFileName() + ": is an upload that never ended");
    assertThat(run("maintain", "--dry-run").status()).isZero();
    assertThat(run("maintain", "--grace", "3h").out()).doesNotContain("aborted");
    assertThat(left).exists();
    assertThat(run("maintain").out()).contains("aborted   1 upload that never ended");
    assertThat(left).doesNotExist();
    assertThat(run("verify").out()).startsWith("ok ");
  }

  @Test
  void aPolicyWithoutTransactionsIsWarnedOfBeforeAnythingIsDone() {
    for (String command : new String[] {"maintain", "retain"}) {
      TidemarkProcess.Result result = run(command, "--keep", "hourly=7d");
      assertThat(result.err())
          .as(command)
          .startsWith("tidemark: warning: 'keep' names no transactions in 'hourly=7d', ")
          .hasLineCount(1);
      assertThat(result.status()).isZero();
      assertThat(run(command).err()).as(command).isEmpty();
    }
  }

  @Test
  void aScratchFolderThatIsNotThereIsRefused() {
    TidemarkProcess.Result result = run("maintain", "--scratch", "none");
    assertThat(result.err())
        .isEqualTo("tidemark: --scratch: none: no such directory; make it first\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(2);
  }

  private TidemarkProcess.Result run(String command, String... rest) {
    String[] all = new String[rest.length + 2];
    all[0] = command;
    all[1] = root.toString();
    System.arraycopy(rest, 0, all, 2, rest.length);
    return tidemark.run(all);
  }
}
