package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.time.Instant;

/// `pins/<name>.json`: a position that somebody wants to keep. The note is theirs, and may be
/// empty.
public record PinRecord(
    RecordName name, Id128 databaseId, Position position, Instant created, String note) {
  static PinRecord parse(RecordName name, JsonObject json) {
    return new PinRecord(
        RecordFields.own(name, json, "name"),
        RecordFields.databaseId(json),
        RecordFields.position(json),
        RecordFields.time(json, "created"),
        json.string("note").orElse(""));
  }

  byte[] bytes() {
    return new JsonObject()
        .put("format", Records.FORMAT)
        .put("database_id", databaseId.toString())
        .put("name", name.value())
        .put("position", position.toString())
        .put("created", created)
        .put("note", note)
        .bytes();
  }
}
