package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.Chain;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A merge takes the same memory whatever the size of the database: a process with little heap
/// makes a snapshot of one that is far larger. `ci/merge` runs it with a larger one still.
class MergeMemoryTest {
  private static final long GIB = Long.getLong("merge.gib", 2);
  private static final String HEAP = System.getProperty("merge.heap", "32m");

  @TempDir Path folder;

  @Test
  void makesASnapshotOfALargeDatabaseInLittleMemory() throws Exception {
    Path root = Files.createDirectory(folder.resolve("log"));
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    List<Chain.Item> inputs = new ArrayList<>();
    SparseLog log;
    try (ObjectStore store = Stores.open(new StoreUrl.Local(root), true)) {
      Records.createDatabase(
          store, new DatabaseRecord(MergeRig.DATABASE, Instant.EPOCH, "tidemark test"));
      log = new SparseLog(store, folder, GIB << 30);
      inputs.add(log.snapshot());
      // More than fits the buffer together, more than fits it alone, and one that is streamed.
      inputs.add(log.segment(60, 100));
      inputs.add(log.segment(2, 3_000));
      inputs.add(log.segment(1, 3_000));
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx" + HEAP, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add(MergeMain.class.getName());
    line.addAll(List.of(root.toString(), scratch.toString()));
    inputs.forEach(item -> line.add(item.key().text()));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said;
    try (var out = process.inputReader()) {
      said = String.join("\n", out.lines().toList());
    }
    assertThat(process.waitFor()).as(said).isZero();
    ObjectKey expected = new ObjectKey.Snapshot(log.end().txid(), log.end().checksum());
    assertThat(said).contains(expected.text());
    if (System.getProperty("merge.gib") != null) {
      System.out.printf("%d GiB with -Xmx%s: %s%n", GIB, HEAP, said);
    }
    assertThat(scratch).isEmptyDirectory();
  }
}
