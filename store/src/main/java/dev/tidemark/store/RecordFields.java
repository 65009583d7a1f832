package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Function;

/// Reads the fields that records have in common. [IllegalArgumentException] says which one is
/// wrong.
final class RecordFields {
  private RecordFields() {}

  static Id128 databaseId(JsonObject json) {
    return read(json, "database_id", Id128::parse);
  }

  /// A position of a log; every transaction has a next one.
  static Position position(JsonObject json) {
    Position position = read(json, "position", Position::parse);
    if (position.txid().value() == Long.MAX_VALUE) {
      throw new IllegalArgumentException("no transaction follows position " + position);
    }
    return position;
  }

  static Instant time(JsonObject json, String name) {
    return read(json, name, RecordFields::instant);
  }

  /// The name of a record, which its key and a field of it must say alike.
  static RecordName own(RecordName name, JsonObject json, String field) {
    String found = text(json, field);
    if (!found.equals(name.value())) {
      throw new IllegalArgumentException("it is that of '" + found + "'");
    }
    return name;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no time", e);
    }
  }

  private static <T> T read(JsonObject json, String name, Function<String, T> form) {
    String text = text(json, name);
    try {
      return form.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("field '" + name + "': " + e.getMessage(), e);
    }
  }

  private static String text(JsonObject json, String name) {
    return json.string(name)
        .orElseThrow(() -> new IllegalArgumentException("field '" + name + "' is missing"));
  }
}
