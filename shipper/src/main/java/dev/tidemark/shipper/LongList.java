package dev.tidemark.shipper;

import java.util.Arrays;

/// A growing array of longs.
final class LongList {
  static final int LARGE = 1 << 17;

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

  /// Sorts a part as unsigned numbers.
  void sortUnsigned(int from, int to) {
    flipSigns(from, to);
    if (to - from < LARGE) {
      Arrays.sort(values, from, to);
    } else {
      sortInPlace(from, to);
    }
    flipSigns(from, to);
  }

  /// Signed order is then the unsigned one.
  private void flipSigns(int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] ^= Long.MIN_VALUE;
    }
  }

  /// The library's sort is faster, but may take as much memory again.
  private void sortInPlace(int from, int to) {
    int count = to - from;
    for (int i = count / 2 - 1; i >= 0; i--) {
      sink(from, i, count);
    }
    for (int end = count - 1; end > 0; end--) {
      long largest = values[from];
      values[from] = values[from + end];
      values[from + end] = largest;
      sink(from, 0, end);
    }
  }

  /// Lets an entry of the heap at `from` down to where none below it is larger.
  private void sink(int from, int entry, int count) {
    long value = values[from + entry];
    int at = entry;
    for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && values[from + child + 1] > values[from + child]) {
        child++;
      }
      if (values[from + child] <= value) {
        break;
      }
      values[from + at] = values[from + child];
      at = child;
    }
    values[from + at] = value;
  }

  void set(int i, long value) {
    values[i] = value;
  }
}
