package dev.tidemark.store;

import java.util.regex.Pattern;

/// What a person calls a pin or a replica; part of a key, so it is kept to characters that every
/// store takes.
public record RecordName(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public RecordName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a name is 1 to 63 of a-z, 0-9, '.', '_', '-' and begins with a letter or digit, found '"
              + value
              + "'");
    }
  }

  public String pinKey() {
    return "pins/" + value + ".json";
  }

  public String replicaKey() {
    return "replicas/" + value + ".json";
  }

  @Override
  public String toString() {
    return value;
  }
}
