package dev.tidemark.store;

import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.ltx.Id128;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The parsers of what lies in a bucket under keys of JSON, of keys, and of URLs.
public final class StoreTargets {
  private static final Id128 DATABASE = new Id128(0x12, 0x34);
  private static final String DATABASE_JSON =
      "{\"format\":1,\"database_id\":\"" + DATABASE + "\",\"created\":\"2026-01-01T00:00:00Z\"}";
  private static final String BOUNDARY_JSON =
      "{\"format\":1,\"database_id\":\""
          + DATABASE
          + "\",\"position\":\"00000000000000ff/ad2dffe333333333\","
          + "\"created\":\"2026-01-01T00:00:00Z\"}";

  private static final RecordName NAME = new RecordName("n");
  private static final String PIN_JSON =
      BOUNDARY_JSON.replace("}", ",\"name\":\"n\",\"note\":\"why\"}");
  private static final String REPLICA_JSON =
      BOUNDARY_JSON.replace(
          "}",
          ",\"id\":\"n\",\"applied_at\":\"2026-01-01T00:00:00Z\","
              + "\"expires_at\":\"2026-01-01T00:10:00Z\"}");

  private StoreTargets() {}

  public static List<FuzzTarget> all() {
    return List.of(
        FuzzTarget.text(
            "json",
            text -> json(text.getBytes(StandardCharsets.UTF_8)),
            DATABASE_JSON,
            "{\"later\":{\"a\":[1,{\"b\":null}],\"c\":1.5e3},\"x\":[[]],\"s\":\"\\u00e4\\n\"}"),
        FuzzTarget.of("record-database", List.of(bytes(DATABASE_JSON)), StoreTargets::database),
        FuzzTarget.of("record-boundary", List.of(bytes(BOUNDARY_JSON)), StoreTargets::boundary),
        FuzzTarget.of("record-pin", List.of(bytes(PIN_JSON)), StoreTargets::pin),
        FuzzTarget.of("record-replica", List.of(bytes(REPLICA_JSON)), StoreTargets::replica),
        FuzzTarget.text(
            "key",
            StoreTargets::key,
            "log/0000000000000001-0000000000000000.ltx.zst",
            "merged/1/0000000000000001-0000000000000005-b167f976cb2be42b.ltx.zst",
            "snapshots/0000000000000005-b167f976cb2be42b.ltx.zst",
            "pins/before-release.json"),
        FuzzTarget.text("record-name", RecordName::new, "before-release.v1_2"),
        FuzzTarget.text(
            "store-url",
            StoreTargets::url,
            "s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1&path-style=true",
            "s3://b.u-c/%C3%A4/x",
            "file:///var/backup%20s/app",
            "file://localhost/x",
            "relative/path"));
  }

  private static void json(byte[] utf8) {
    JsonObject.parse(JsonObject.parse(utf8).bytes());
  }

  private static void database(byte[] input) throws Exception {
    MemoryStore store = new MemoryStore();
    store.put(DatabaseRecord.KEY, Body.of(input));
    try {
      Records.database(store);
    } catch (DamagedLogException _) {
      // Refused.
    }
  }

  private static void boundary(byte[] input) throws Exception {
    MemoryStore store = new MemoryStore();
    store.put(BoundaryRecord.key(1), Body.of(input));
    try {
      Records.boundaryAfter(store, 0, DATABASE);
    } catch (DamagedLogException _) {
      // Refused.
    }
  }

  private static void pin(byte[] input) throws Exception {
    MemoryStore store = new MemoryStore();
    store.put(NAME.pinKey(), input);
    try {
      Records.pins(store, DATABASE);
    } catch (DamagedLogException _) {
      // Refused.
    }
  }

  private static void replica(byte[] input) throws Exception {
    MemoryStore store = new MemoryStore();
    store.put(NAME.replicaKey(), input);
    try {
      Records.replicas(store, DATABASE);
    } catch (DamagedLogException _) {
      // Refused.
    }
  }

  private static void key(String text) {
    Optional<ObjectKey> key = ObjectKey.parse(text);
    if (key.isPresent() && !key.get().text().equals(text)) {
      throw new AssertionError("%s is read as %s".formatted(text, key.get().text()));
    }
    if (key.isPresent() && !KeyRule.isKey(text)) {
      throw new AssertionError("no store takes " + text);
    }
  }

  private static void url(String text) {
    StoreUrl url = StoreUrl.parse(text, Optional.empty());
    if (!StoreUrl.parse(url.toString(), Optional.empty()).equals(url)) {
      throw new AssertionError("%s reads back as another URL".formatted(url));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
