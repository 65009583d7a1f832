package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.time.Instant;

/// `replicas/<id>.json`: where a replica is. It writes the record itself, so after `expiresAt`
/// nobody needs to wait for it.
public record ReplicaRecord(
    RecordName id, Id128 databaseId, Position position, Instant appliedAt, Instant expiresAt) {
  static ReplicaRecord parse(RecordName id, JsonObject json) {
    return new ReplicaRecord(
        RecordFields.own(id, json, "id"),
        RecordFields.databaseId(json),
        RecordFields.position(json),
        RecordFields.time(json, "applied_at"),
        RecordFields.time(json, "expires_at"));
  }
}
