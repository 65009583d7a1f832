package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.LogCursor;
import dev.tidemark.store.LogEntry;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Buckets that earlier versions wrote must restore for ever. Each manifest line is a position, the
/// SHA-256 that the application saw there, the file's bytes and the time. `GoldenBuckets` in the
/// tests of `cli` wrote them; what is committed here is never written again.
class GoldenBucketTest {
  @TempDir Path dir;

  private record Line(Position position, String sha256, long bytes, Instant time) {
    static Line parse(String text) {
      String[] words = text.split(" ", -1);
      return new Line(
          Position.parse(words[0]),
          words[1],
          Long.parseLong(words[2]),
          Instant.ofEpochMilli(Long.parseLong(words[3])));
    }
  }

  @ParameterizedTest
  @CsvSource({"v1/512", "v1/4096", "v1/65536"})
  void everyPositionRestoresToTheBytesOfThatTime(String bucket) throws Exception {
    try (ObjectStore store = open(bucket)) {
      for (Line line : manifest(bucket)) {
        Path out = dir.resolve("restored-" + line.position().txid());
        RestoreResult result =
            new Restore(store, RestoreOptions.DEFAULT)
                .run(new RestoreTarget.AtTxid(line.position().txid()), out);
        assertThat(new Line(result.position(), sha256(out), result.bytes(), result.timestamp()))
            .isEqualTo(line);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"v1/512", "v1/4096", "v1/65536"})
  void theLogListsThesePositionsAndNoOther(String bucket) throws Exception {
    try (ObjectStore store = open(bucket)) {
      Chain chain = Chain.read(store).orElseThrow();
      LogCursor log = new LogCursor(store, chain);
      List<Position> listed = new ArrayList<>();
      for (Optional<LogEntry> next = log.next(); next.isPresent(); next = log.next()) {
        listed.add(next.get().position());
      }
      assertThat(listed)
          .isEqualTo(manifest(bucket).stream().map(Line::position).toList())
          .isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"v1/512", "v1/4096", "v1/65536"})
  void nothingIsFoundWrong(String bucket) throws Exception {
    try (ObjectStore store = open(bucket)) {
      VerifyResult result = new Verify(store, dir, 2, ReadListener.NONE).run();
      assertThat(result.problems()).isEmpty();
      assertThat(result.notes()).isEmpty();
      assertThat(result.head()).contains(manifest(bucket).getLast().position());
    }
  }

  @ParameterizedTest
  @CsvSource({"v1/512", "v1/4096", "v1/65536"})
  void pinsAndReplicasAreUnderstood(String bucket) throws Exception {
    try (ObjectStore store = open(bucket)) {
      Id128 databaseId = Records.database(store).orElseThrow().databaseId();
      Position head = manifest(bucket).getLast().position();
      assertThat(Records.pins(store, databaseId))
          .singleElement()
          .satisfies(pin -> {
            assertThat(pin.name()).hasToString("before-release");
            assertThat(pin.position()).isEqualTo(head);
            assertThat(pin.note()).isEqualTo("kept by hand");
          });
      assertThat(Records.replicas(store, databaseId))
          .singleElement()
          .satisfies(replica -> {
            assertThat(replica.position()).isEqualTo(head);
            assertThat(replica.expiresAt()).isEqualTo(replica.appliedAt().plusSeconds(600));
          });
    }
  }

  private static ObjectStore open(String bucket) throws Exception {
    return Stores.open(new StoreUrl.Local(Path.of(resource(bucket))), false);
  }

  private static List<Line> manifest(String bucket) throws Exception {
    return Files.readAllLines(Path.of(resource(bucket + ".manifest"))).stream()
        .map(Line::parse)
        .toList();
  }

  private static URI resource(String name) throws Exception {
    return Optional.ofNullable(GoldenBucketTest.class.getResource("/golden/" + name))
        .orElseThrow(() -> new AssertionError("no golden/" + name))
        .toURI();
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
