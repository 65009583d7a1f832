package dev.tidemark.bench;

import java.util.Arrays;

/// Durations in nanoseconds, sorted.
final class Samples {
  private final long[] sorted;

  private Samples(long[] sorted) {
    this.sorted = sorted;
  }

  static Samples of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Samples(sorted);
  }

  /// The smallest value that `percent` of the samples do not exceed, in microseconds.
  double micros(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(0, rank - 1)] / 1e3;
  }

  double millis(double percent) {
    return micros(percent) / 1e3;
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
