package dev.tidemark.cli.golden;

import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Restore;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.restore.Verify;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.store.Chain;
import dev.tidemark.store.LogCursor;
import dev.tidemark.store.LogEntry;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes the golden buckets of a format version: real databases, shipped by the real daemon core,
/// and whatever else the format knows. The build only ever reads them; this runs by hand, once per
/// format version, into a folder that does not exist yet:
///
///     make golden GOLDEN=restore/src/test/resources/golden/v2
public final class GoldenBuckets {
  private static final List<Integer> PAGE_SIZES = List.of(512, 4096, 65_536);

  private GoldenBuckets() {}

  public static void main(String[] arguments) throws Exception {
    Path target = Files.createDirectory(Path.of(arguments[0]).toAbsolutePath());
    Path work = Files.createTempDirectory("tidemark-golden-");
    try {
      for (int pageSize : PAGE_SIZES) {
        Path bucket = target.resolve(Integer.toString(pageSize));
        write(pageSize, bucket, Files.createDirectory(work.resolve(Integer.toString(pageSize))));
        Files.delete(bucket.resolve(".tmp"));
      }
    } finally {
      delete(work);
    }
  }

  private static void write(int pageSize, Path bucket, Path work) throws Exception {
    try (ObjectStore store = Stores.open(new StoreUrl.Local(bucket), true)) {
      GoldenLife life = new GoldenLife(store, bucket, work.resolve("app.db"), pageSize);
      Map<Position, String> digests = life.live();
      GoldenMaintenance maintenance = new GoldenMaintenance(store, work);
      maintenance.coverAndCut(pageSize);
      maintenance.records();
      VerifyResult verified = new Verify(store, work, 2, ReadListener.NONE).run();
      if (!verified.ok() || !verified.notes().isEmpty()) {
        throw new IllegalStateException(verified.toString());
      }
      Files.write(bucket.resolveSibling(pageSize + ".manifest"), manifest(store, work, digests));
    }
  }

  /// One line per position that can be restored: position, SHA-256 of the file, its bytes, time.
  /// The digests are the application's own, taken when it had committed.
  private static List<String> manifest(ObjectStore store, Path work, Map<Position, String> digests)
      throws Exception {
    List<String> lines = new ArrayList<>();
    Chain chain = Chain.read(store).orElseThrow();
    LogCursor log = new LogCursor(store, chain);
    for (Optional<LogEntry> next = log.next(); next.isPresent(); next = log.next()) {
      LogEntry entry = next.get();
      Path file = work.resolve("restored-" + entry.position().txid());
      new Restore(store, RestoreOptions.DEFAULT)
          .run(new RestoreTarget.AtTxid(entry.position().txid()), file);
      String digest = sha256(file);
      if (!digest.equals(digests.get(entry.position()))) {
        throw new IllegalStateException(entry + " restores to " + digest + ", not " + digests);
      }
      lines.add(
          "%s %s %d %d"
              .formatted(entry.position(), digest, Files.size(file), entry.timestampMillis()));
    }
    return lines;
  }

  static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
