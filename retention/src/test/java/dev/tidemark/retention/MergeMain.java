package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Merges objects of a local store to a snapshot, stores it, reads it back, and prints what it
/// took: `MergeMain STORE SCRATCH KEY...`.
final class MergeMain {
  private MergeMain() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    List<Chain.Item> inputs = new ArrayList<>();
    for (String key : List.of(args).subList(2, args.length)) {
      inputs.add(new Chain.Item(ObjectKey.parse(key).orElseThrow(), Files.size(root.resolve(key))));
    }
    long begun = System.nanoTime();
    try (ObjectStore store = Stores.open(new StoreUrl.Local(root), false)) {
      MergeJob job =
          new MergeJob(
              store, MergeRig.DATABASE, Path.of(args[1]), MergeLimits.DEFAULT, ReadListener.NONE);
      try (MergedObject merged = job.merge(MergeJob.SNAPSHOT_LEVEL, inputs)) {
        double mergeSeconds = (System.nanoTime() - begun) / 1e9;
        store.put(merged.key().text(), merged.body());
        merged.verifyStored(store, ReadListener.NONE);
        System.out.printf(
            "%s %d bytes, merged in %.1f s, stored and verified at %.1f s, %s%n",
            merged.key().text(),
            merged.size(),
            mergeSeconds,
            (System.nanoTime() - begun) / 1e9,
            peak());
      }
    }
  }

  private static String peak() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("no /proc");
  }
}
