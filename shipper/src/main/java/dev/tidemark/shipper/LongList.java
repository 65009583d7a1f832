package dev.tidemark.shipper;

import java.util.Arrays;

/// A growing array of longs.
final class LongList {
  private long[] values;
  private int size;

  LongList() {
    this(8);
  }

  /// With room for so many, after which it grows.
  LongList(int capacity) {
    values = new long[Math.max(8, capacity)];
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return values[i];
  }

  /// Sorts a part.
  void sort(int from, int to) {
    Arrays.sort(values, from, to);
  }

  void set(int i, long value) {
    values[i] = value;
  }
}
