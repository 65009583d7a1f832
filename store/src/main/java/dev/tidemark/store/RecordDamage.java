package dev.tidemark.store;

import java.util.Optional;

/// Says of a record that cannot be used, in one line: where it lies, what is wrong with it, and
/// what to do next.
final class RecordDamage {
  /// What somebody else wrote may be any text.
  private static final int CHARS_MAX = 200;

  private RecordDamage() {}

  /// It is not what a record of this kind looks like.
  static DamagedLogException unreadable(String key, RuntimeException cause) {
    String what = "is no record of Tidemark's: " + plain(String.valueOf(cause.getMessage()));
    return new DamagedLogException(key, what + next(key), cause);
  }

  static DamagedLogException of(String key, String what) {
    return new DamagedLogException(key, what + next(key));
  }

  static DamagedLogException newer(String key, long format) {
    return new DamagedLogException(
        key,
        "written by a newer version of Tidemark (format %d, known up to %d); use that version"
            .formatted(format, Records.FORMAT));
  }

  private static String plain(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= CHARS_MAX ? line : line.substring(0, CHARS_MAX) + "...";
  }

  private static String next(String key) {
    Optional<RecordName> pin = RecordName.of(RecordName.PINS, key);
    if (pin.isPresent()) {
      return "; nobody knows what it keeps, so nothing is deleted while it is there: let it go with"
          + " 'tidemark pin URL --remove "
          + pin.get()
          + "', and set it anew";
    }
    return key.startsWith(RecordName.REPLICAS)
        ? "; its replica writes it again, or delete it if there is none of that name any more"
        : "; put it back from a copy, or from an earlier version of the object";
  }
}
