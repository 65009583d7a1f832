package dev.tidemark.cli.golden;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Restore;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.store.Body;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.JsonObject;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// What maintenance leaves in a bucket: merged files, snapshots, boundary records, pins, replicas.
final class GoldenMaintenance {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private final ObjectStore store;
  private final Path work;
  private final Id128 databaseId;

  GoldenMaintenance(ObjectStore store, Path work) throws Exception {
    this.store = store;
    this.work = work;
    this.databaseId = Records.database(store).orElseThrow().databaseId();
  }

  /// The smallest page size keeps all its segments, the next loses those below one boundary record,
  /// the largest those below two.
  void coverAndCut(int pageSize) throws Exception {
    GoldenObjects objects = new GoldenObjects(store);
    List<GoldenObjects.Segment> segments = objects.segments();
    objects.merge(1, segments.subList(0, 2));
    objects.merge(1, segments.subList(2, 4));
    objects.merge(2, segments.subList(0, 4));
    snapshot(objects, segments.get(1));
    snapshot(objects, segments.getLast());
    int cuts = pageSize == 512 ? 0 : pageSize == 4096 ? 1 : 2;
    for (int number = 1; number <= cuts; number++) {
      Position boundary = segments.get(2 * number - 1).index().end();
      Records.putBoundary(store, new BoundaryRecord(number, databaseId, boundary, TIME));
      store.delete(segments.get(2 * number - 2).key().text());
      store.delete(segments.get(2 * number - 1).key().text());
    }
  }

  private void snapshot(GoldenObjects objects, GoldenObjects.Segment at) throws Exception {
    Path file = work.resolve("snapshot-" + at.index().end().txid());
    new Restore(store, RestoreOptions.DEFAULT)
        .run(new RestoreTarget.AtTxid(at.index().end().txid()), file);
    objects.snapshot(at, Files.readAllBytes(file));
  }

  void records() throws Exception {
    Position head = new GoldenObjects(store).segments().getLast().index().end();
    put(
        new RecordName("before-release").pinKey(),
        record()
            .put("name", "before-release")
            .put("position", head.toString())
            .put("created", TIME)
            .put("note", "kept by hand"));
    put(
        new RecordName("reader-1").replicaKey(),
        record()
            .put("id", "reader-1")
            .put("position", head.toString())
            .put("applied_at", TIME)
            .put("expires_at", TIME.plusSeconds(600)));
  }

  private JsonObject record() {
    return new JsonObject().put("format", Records.FORMAT).put("database_id", databaseId.toString());
  }

  private void put(String key, JsonObject record) throws Exception {
    store.put(key, Body.of(record.bytes()));
  }
}
