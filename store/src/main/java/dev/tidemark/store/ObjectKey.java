package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.Optional;

/// The key of an object that carries transactions, relative to the URL's prefix.
public sealed interface ObjectKey {
  String LOG = "log/";
  String MERGED = "merged/";
  String SNAPSHOTS = "snapshots/";

  /// The key's text, for example `log/0000000000000001-0000000000000000.ltx.zst`.
  String text();

  /// The segment that continues from `(first - 1, before)`.
  record Slot(Txid first, Checksum before) implements ObjectKey {
    /// The slot of the segment that continues from a position.
    public static Slot after(Position position) {
      return new Slot(position.txid().next(), position.checksum());
    }

    public Position start() {
      return new Position(first.previous(), before);
    }

    @Override
    public String text() {
      return LOG + first + "-" + before + SUFFIX;
    }
  }

  record Merged(int level, Txid first, Txid last, Checksum after) implements ObjectKey {
    public Position end() {
      return new Position(last, after);
    }

    @Override
    public String text() {
      return MERGED + level + "/" + first + "-" + last + "-" + after + SUFFIX;
    }
  }

  record Snapshot(Txid txid, Checksum checksum) implements ObjectKey {
    public Position position() {
      return new Position(txid, checksum);
    }

    @Override
    public String text() {
      return SNAPSHOTS + txid + "-" + checksum + SUFFIX;
    }
  }

  String SUFFIX = ".ltx.zst";

  /// Empty for any other name.
  static Optional<ObjectKey> parse(String key) {
    if (!key.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String stem = key.substring(0, key.length() - SUFFIX.length());
    if (stem.startsWith(LOG)) {
      return numbers(stem.substring(LOG.length()), 2)
          .filter(n -> isTxid(n[0]))
          .map(n -> new Slot(new Txid(n[0]), new Checksum(n[1])));
    }
    if (stem.startsWith(SNAPSHOTS)) {
      return numbers(stem.substring(SNAPSHOTS.length()), 2)
          .filter(n -> isTxid(n[0]))
          .map(n -> new Snapshot(new Txid(n[0]), new Checksum(n[1])));
    }
    return stem.startsWith(MERGED) ? merged(stem.substring(MERGED.length())) : Optional.empty();
  }

  /// Every transaction of a log has a next one.
  private static boolean isTxid(long number) {
    return number > 0 && number < Long.MAX_VALUE;
  }

  private static Optional<ObjectKey> merged(String stem) {
    if (stem.length() < 2
        || stem.charAt(0) < '1'
        || stem.charAt(0) > '8'
        || stem.charAt(1) != '/') {
      return Optional.empty();
    }
    int level = stem.charAt(0) - '0';
    return numbers(stem.substring(2), 3)
        .filter(n -> isTxid(n[0]) && isTxid(n[1]) && n[1] >= n[0])
        .map(n -> new Merged(level, new Txid(n[0]), new Txid(n[1]), new Checksum(n[2])));
  }

  /// `count` numbers of sixteen lower-case hex digits with a dash between two; empty for anything
  /// else.
  private static Optional<long[]> numbers(String text, int count) {
    if (text.length() != 17 * count - 1) {
      return Optional.empty();
    }
    long[] numbers = new long[count];
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i % 17 == 16) {
        if (c != '-') {
          return Optional.empty();
        }
      } else if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return Optional.empty();
      } else {
        numbers[i / 17] = numbers[i / 17] << 4 | Character.digit(c, 16);
      }
    }
    return Optional.of(numbers);
  }
}
