package dev.tidemark.shipper;

import java.util.Arrays;

/// A growing array of longs.
final class LongList {
  private long[] values = new long[8];
  private int size;

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

  long[] copyOfRange(int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }
}
