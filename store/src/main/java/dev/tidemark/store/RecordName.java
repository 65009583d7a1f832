package dev.tidemark.store;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a person calls a pin or a replica; part of a key, so it is kept to characters that every
/// store takes.
public record RecordName(String value) {
  static final String PINS = "pins/";
  static final String REPLICAS = "replicas/";

  private static final String SUFFIX = ".json";
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
    return PINS + value + SUFFIX;
  }

  public String replicaKey() {
    return REPLICAS + value + SUFFIX;
  }

  /// The name in a key below a folder; empty for one that is not ours.
  static Optional<RecordName> of(String folder, String key) {
    if (!key.startsWith(folder) || !key.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String name = key.substring(folder.length());
    String value = name.substring(0, name.length() - SUFFIX.length());
    return FORM.matcher(value).matches() ? Optional.of(new RecordName(value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
