package dev.tidemark.cli.golden;

import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Restore;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// A maintainer by hand: what it does to a log that is written to meanwhile.
public final class GoldenCut {
  private GoldenCut() {}

  /// A snapshot at the end of the last segment but one, the boundary there, and then the slots
  /// below it removed. Answers the boundary.
  public static Position cut(ObjectStore store, Path work) throws Exception {
    GoldenObjects objects = new GoldenObjects(store);
    List<GoldenObjects.Segment> segments = objects.segments();
    GoldenObjects.Segment last = segments.get(segments.size() - 2);
    Position boundary = last.index().end();
    Path file = work.resolve("snapshot");
    new Restore(store, RestoreOptions.DEFAULT).run(new RestoreTarget.AtTxid(boundary.txid()), file);
    objects.snapshot(last, Files.readAllBytes(file));
    Records.putBoundary(
        store,
        new BoundaryRecord(
            1, last.index().identity().databaseId(), boundary, Instant.ofEpochMilli(0)));
    for (GoldenObjects.Segment below : segments.subList(0, segments.size() - 1)) {
      store.delete(below.key().text());
    }
    return boundary;
  }
}
