package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What killed processes leave in a local store's scratch folder, and who tells and removes it.
@Timeout(60)
class LocalLeftoversTest {
  private static final Body BODY = Body.of(new byte[] {1, 2, 3});
  private static final String NAME = "0123456789abcdef0123456789abcdef-7";

  @TempDir Path root;

  private ObjectStore store = new dev.tidemark.store.testing.MemoryStore();

  @BeforeEach
  void create() throws Exception {
    store = Stores.open(new StoreUrl.Local(root), true);
    store.putIfAbsent(DatabaseRecord.KEY, BODY);
  }

  @Test
  void whatAKilledProcessLeftIsAnUploadThatNeverEnded() throws Exception {
    Process process = hungPut();
    assertThat(process.inputReader().readLine()).isEqualTo("stuck");
    assertThat(scratch()).hasSize(1);
    assertThat(store.insight().unfinishedUploads("")).as("while it is being written").isEmpty();
    process.destroyForcibly().waitFor();
    List<UnfinishedUpload> left = store.insight().unfinishedUploads("");
    assertThat(left)
        .extracting(UnfinishedUpload::key)
        .containsExactly(".tmp/" + scratch().getFirst());
    assertThat(left.getFirst().begun())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    store.insight().abort(left.getFirst());
    assertThat(scratch()).isEmpty();
    store.insight().abort(left.getFirst());
    assertThat(store.insight().unfinishedUploads("")).isEmpty();
    assertThat(store.head("snapshots/a")).isEmpty();
  }

  @Test
  void itIsAsOldAsItsLastByte() throws Exception {
    Instant then = Instant.parse("2026-01-31T12:00:00Z");
    Path file = Files.write(root.resolve(".tmp").resolve(NAME), new byte[10]);
    Files.setLastModifiedTime(file, FileTime.from(then));
    assertThat(store.insight().unfinishedUploads(""))
        .containsExactly(new UnfinishedUpload(".tmp/" + NAME, NAME, then));
    assertThat(store.insight().unfinishedUploads("merged/")).isEmpty();
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws Exception {
    Path file = Files.write(root.resolve(".tmp/notes.txt"), new byte[10]);
    assertThat(store.insight().unfinishedUploads("")).isEmpty();
    StoreInsight insight = store.insight();
    for (String id : List.of("notes.txt", "../database.json", "")) {
      UnfinishedUpload foreign = new UnfinishedUpload(".tmp/" + id, id, Instant.EPOCH);
      assertThatThrownBy(() -> insight.abort(foreign)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(file).exists();
  }

  @Test
  void nothingWasEverWrittenHere() throws Exception {
    Files.delete(root.resolve(".tmp"));
    assertThat(store.insight().unfinishedUploads("")).isEmpty();
    Path unborn = root.resolve("unborn");
    ObjectStore writer = Stores.open(new StoreUrl.Local(unborn), true);
    assertThat(writer.insight().unfinishedUploads("")).isEmpty();
    StoreInsight reader = Stores.open(new StoreUrl.Local(unborn), false).insight();
    assertThatThrownBy(() -> reader.unfinishedUploads(""))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is the file system mounted?");
  }

  private List<String> scratch() throws Exception {
    try (Stream<Path> files = Files.list(root.resolve(".tmp"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private Process hungPut() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            HungPut.class.getName(),
            root.toString())
        .redirectErrorStream(true)
        .start();
  }
}
