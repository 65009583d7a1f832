package dev.tidemark.cli;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.probe.RandomSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Runs the usual commands once while the launcher prepares a build, so that the JVM can write down
/// which classes they load; later starts take them from that cache. What they answer does not
/// matter.
final class Rehearsal {
  private static final int PAGES = 2048;

  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("tidemark-rehearsal-");
    try {
      Main.run("--version");
      Main.run("--help");
      Main.run("statsu");
      Main.run("status", "--json", folder.resolve("absent.db").toString());
      Main.run("sync", "--json", folder.resolve("absent.db").toString());
      Main.run("status", "--json", "file://" + folder);
      Main.run("restore", "file://" + folder, folder.resolve("out.db").toString());
      Main.run("verify", "--json", "file://" + folder);
      Main.run("doctor", "--json", "file://" + folder);
      restore(folder);
      // Nothing listens at this port; the client's classes are loaded all the same.
      Main.run("status", "--json", "s3://nothing/log?endpoint=http://127.0.0.1:1&region=us-east-1");
    } finally {
      remove(folder);
    }
  }

  /// Restores a log of one segment.
  private static void restore(Path folder) throws Exception {
    String url = "file://" + folder.resolve("bucket");
    Random random = new Random(1);
    Id128 databaseId = Id128.random(random);
    try (ObjectStore store = StoreLocation.create(url)) {
      Records.createDatabase(store, new DatabaseRecord(databaseId, Instant.EPOCH, "tidemark"));
      ObjectKey first = new ObjectKey.Slot(new Txid(1), Checksum.NONE);
      store.putIfAbsent(first.text(), Body.of(RandomSegment.bytes(databaseId, PAGES, random)));
    }
    Main.run("restore", url, folder.resolve("restored.db").toString());
    Main.run("verify", "--json", url);
  }

  private static void remove(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
