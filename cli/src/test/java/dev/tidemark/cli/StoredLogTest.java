package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that read a log: what they print, and how they fail. Two transactions share each
/// second.
class StoredLogTest {
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
  void listsTransactionsAsJsonLines() {
    TidemarkProcess.Result result = tidemark.run("log", root.toString(), "--json");
    assertThat(result.out().lines()).hasSize(6).last().isEqualTo(logLine(6));
    assertThat(result.out().lines().findFirst()).contains(logLine(1));
    assertThat(result.err()).isEmpty();
  }

  @Test
  void listsARange() {
    assertThat(run("log", "--json", "--from", txid(2), "--to", txid(4)).out().lines())
        .containsExactly(logLine(2), logLine(3), logLine(4));
    assertThat(run("log", "--json", "--from", txid(2), "--limit", "1").out().lines())
        .containsExactly(logLine(2));
    assertThat(run("log", "--json", "--from", time(5).toString()).out().lines())
        .containsExactly(logLine(5), logLine(6));
    assertThat(run("log", "--json", "--to", time(1).toString()).out().lines())
        .containsExactly(logLine(1), logLine(2));
  }

  @Test
  void listsObjects() throws Exception {
    String key = "log/" + txid(3) + "-" + HISTORY.position(2).checksum() + ".ltx.zst";
    assertThat(run("log", "--objects", "--json").out().lines())
        .hasSize(2)
        .last()
        .isEqualTo(
            "{\"key\":\"%s\",\"kind\":\"segment\",\"min_txid\":\"%s\",\"max_txid\":\"%s\",\"checksum\":\"%s\",\"bytes\":%d}"
                .formatted(
                    key,
                    txid(3),
                    txid(6),
                    HISTORY.position(6).checksum(),
                    Files.size(root.resolve(key))));
  }

  @Test
  void tellsWhatLiesAtAUrl() throws Exception {
    long bytes = 0;
    for (Path object : objects()) {
      bytes += Files.size(object);
    }
    assertThat(tidemark.run("status", "--json", root.toString()).out())
        .startsWith(
            "{\"url\":\"%s\",\"head\":\"%s\",\"head_time\":\"%s\",\"objects\":2,\"bytes\":%d,\"restore_objects\":2,\"restore_bytes\":%d,\"restore_requests\":"
                .formatted(root, HISTORY.position(6), time(6), bytes, bytes))
        .doesNotContain("cost");
  }

  @Test
  void estimatesWhatALogCosts() {
    String out = run("status", "--cost", "--prices", "storage=1000000,put=0,get=0", "--json").out();
    assertThat(out)
        .contains(
            "\"cost\":{\"prices\":\"yours\",\"dollars_a_month\":\"",
            "\"driven_by\":\"--keep of 'maintain'\"",
            "\"what\":\"uploads\",\"dollars_a_month\":\"0.0000\",\"detail\":\"2 segments a day");
    assertThat(run("status", "--cost", "--prices", "storage=1").err()).contains("is no price list");
  }

  @Test
  void restoresEveryKindOfTarget() {
    TidemarkProcess.Result latest = run("restore", "latest.db", "--json");
    assertThat(latest.out())
        .matches(
            "\\{\"position\":\"%s\",\"timestamp\":\"%s\",\"pages\":%d,\"bytes\":%d,\"objects\":\\d,\"seconds\":[0-9.]+}\n"
                .formatted(
                    HISTORY.position(6),
                    time(6),
                    HISTORY.file(6).length / 512,
                    HISTORY.file(6).length));
    assertThat(folder.resolve("latest.db")).hasBinaryContent(HISTORY.file(6));
    assertThat(run("restore", "two.db", "--txid", txid(2)).status()).isZero();
    assertThat(folder.resolve("two.db")).hasBinaryContent(HISTORY.file(2));
    assertThat(run("restore", "four.db", "--timestamp", time(4).toString()).status()).isZero();
    assertThat(folder.resolve("four.db")).hasBinaryContent(HISTORY.file(4));
  }

  @Test
  void refusesToOverwriteUnlessForced() throws Exception {
    Files.writeString(folder.resolve("out.db"), "mine");
    fails(8, "out.db", run("restore", "out.db"));
    assertThat(folder.resolve("out.db")).hasContent("mine");
    assertThat(run("restore", "out.db", "--force").status()).isZero();
    assertThat(folder.resolve("out.db")).hasBinaryContent(HISTORY.file(6));
  }

  @Test
  void saysWhatIsNotThere() {
    fails(4, "beyond the head", run("restore", "a.db", "--txid", "0000000000000007"));
    fails(4, "nothing is as old", run("restore", "a.db", "--timestamp", "2001-01-01T00:00:00Z"));
    fails(2, "in full", run("restore", "a.db", "--txid", "7"));
    fails(
        2,
        "not both",
        run("restore", "a.db", "--txid", txid(1), "--timestamp", time(1).toString()));
    fails(2, "--parallelism must be", run("restore", "a.db", "--parallelism", "0"));
  }

  @Test
  void verifiesAGoodLog() {
    TidemarkProcess.Result result = run("verify", "--json");
    assertThat(result.out())
        .isEqualTo(
            "{\"ok\":true,\"head\":\"%s\",\"objects\":2,\"problems\":[],\"notes\":[]}\n"
                .formatted(HISTORY.position(6)));
    assertThat(result.status()).isZero();
  }

  @Test
  void listsWhatLiesBesideTheLog() throws Exception {
    String key = "log/" + txid(1) + "-" + HISTORY.position(0).checksum() + ".ltx.zst";
    try (ObjectStore store = Stores.open(new StoreUrl.Local(root), true)) {
      LogBuilder log = new LogBuilder(store, new Id128(1, 2), HISTORY);
      log.snapshot(2);
      log.boundary(1, 2);
    }
    Files.writeString(root.resolve("readme.txt"), "mine");
    String below =
        "lies below the boundary %s and proves nothing; %d bytes"
            .formatted(HISTORY.position(2), Files.size(root.resolve(key)));
    TidemarkProcess.Result json = run("verify", "--json");
    assertThat(json.out())
        .startsWith("{\"ok\":true,")
        .endsWith(
            "\"notes\":[{\"key\":\"%s\",\"note\":\"%s\"},{\"key\":\"readme.txt\",\"note\":\"is no name of Tidemark's; 4 bytes\"}]}\n"
                .formatted(key, below));
    assertThat(json.status()).isZero();
    TidemarkProcess.Result text = run("verify");
    assertThat(text.out().lines())
        .containsExactly(
            "note  %s: %s".formatted(key, below),
            "note  readme.txt: is no name of Tidemark's; 4 bytes",
            "ok    2 objects, head " + HISTORY.position(6));
    assertThat(text.status()).isZero();
  }

  @Test
  void namesTheDamage() throws Exception {
    Path last = objects().getLast();
    byte[] bytes = Files.readAllBytes(last);
    bytes[bytes.length / 3] ^= 1;
    Files.write(last, bytes);
    TidemarkProcess.Result json = run("verify", "--json");
    assertThat(json.out())
        .startsWith("{\"ok\":false,")
        .contains("\"problems\":[{\"key\":\"log/" + last.getFileName());
    assertThat(json.status()).isEqualTo(3);
    TidemarkProcess.Result text = run("verify");
    fails(3, last.getFileName().toString(), text);
    fails(3, last.getFileName().toString(), run("restore", "a.db"));
    assertThat(folder.resolve("a.db")).doesNotExist();
    assertThat(run("restore", "b.db", "--txid", txid(2)).status()).isZero();
  }

  @Test
  void neverTakesAHoleForAShorterLog() throws Exception {
    Files.delete(objects().getFirst());
    fails(3, "is missing", run("log", "--json"));
    fails(3, "", run("restore", "a.db"));
  }

  @Test
  void statusTellsOfAHoleInTheMiddle() throws Exception {
    Path holed = folder.resolve("holed");
    try (ObjectStore store = Stores.open(new StoreUrl.Local(holed), true)) {
      LogBuilder log = new LogBuilder(store, new Id128(1, 2), HISTORY).database();
      log.segment(1, 2);
      log.segment(5, 6);
    }
    fails(
        3,
        "is missing; lost: transactions %s to %s; last good position: %s"
            .formatted(txid(3), txid(6), HISTORY.position(2)),
        tidemark.run("status", "--json", holed.toString()));
    assertThat(tidemark.run("log", "--objects", "--json", holed.toString()).out().lines())
        .as("each object by itself")
        .hasSize(2)
        .first()
        .asString()
        .contains(
            "\"max_txid\":\"%s\",\"checksum\":\"%s\""
                .formatted(txid(2), HISTORY.position(2).checksum()));
  }

  private List<Path> objects() throws Exception {
    try (Stream<Path> files = Files.list(root.resolve("log"))) {
      return files.sorted().toList();
    }
  }

  private TidemarkProcess.Result run(String command, String... rest) {
    String[] all = new String[rest.length + 2];
    all[0] = command;
    all[1] = root.toUri().toString();
    System.arraycopy(rest, 0, all, 2, rest.length);
    return tidemark.run(all);
  }

  private static void fails(int status, String message, TidemarkProcess.Result result) {
    assertThat(result.err()).startsWith("tidemark: ").contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(status);
  }

  private static String logLine(int txid) {
    return "{\"txid\":\"%s\",\"checksum\":\"%s\",\"timestamp\":\"%s\",\"pages\":%d,\"database_pages\":%d,\"kind\":\"%s\"}"
        .formatted(
            txid(txid),
            HISTORY.position(txid).checksum(),
            time(txid),
            HISTORY.transaction(txid).pages().size(),
            HISTORY.file(txid).length / 512,
            txid == 1 ? "attach" : "commit");
  }

  private static Instant time(int txid) {
    return Instant.ofEpochMilli(HISTORY.transaction(txid).timeMillis());
  }

  private static String txid(int txid) {
    return HISTORY.position(txid).txid().toString();
  }
}
