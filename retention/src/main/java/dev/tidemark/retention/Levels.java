package dev.tidemark.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// How long the windows of time are whose transactions are merged into one file, level 1 first.
/// They are aligned to the epoch and nest, so that no merged file ever crosses another.
public record Levels(List<Duration> windows) {
  private static final int LEVELS_MAX = 8;

  public static final Levels DEFAULT =
      new Levels(List.of(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)));

  public Levels {
    windows = List.copyOf(windows);
    if (windows.isEmpty() || windows.size() > LEVELS_MAX) {
      throw new IllegalArgumentException(
          windows.size() + " levels, there must be 1 to " + LEVELS_MAX);
    }
    for (int i = 0; i < windows.size(); i++) {
      String complaint = complaint(windows, i);
      if (!complaint.isEmpty()) {
        throw new IllegalArgumentException(complaint);
      }
    }
  }

  /// Reads `30s,5m,1h`.
  public static Levels parse(String text) {
    List<Duration> windows = new ArrayList<>();
    int at = 0;
    for (String word : text.split(",", -1)) {
      if (windows.size() == LEVELS_MAX) {
        throw new RefusedTextException(text, at, "there are at most " + LEVELS_MAX + " levels");
      }
      try {
        windows.add(Durations.parse(word));
      } catch (IllegalArgumentException e) {
        throw new RefusedTextException(text, at, String.valueOf(e.getMessage()));
      }
      String complaint = complaint(windows, windows.size() - 1);
      if (!complaint.isEmpty()) {
        throw new RefusedTextException(text, at, complaint);
      }
      at += word.length() + 1;
    }
    return new Levels(windows);
  }

  private static String complaint(List<Duration> windows, int i) {
    Duration window = windows.get(i);
    if (window.toMillis() < 1 || !Duration.ofMillis(window.toMillis()).equals(window)) {
      return "a window is whole milliseconds, at least one";
    }
    if (i == 0) {
      return "";
    }
    Duration shorter = windows.get(i - 1);
    boolean isMultiple = window.toMillis() % shorter.toMillis() == 0;
    return isMultiple && window.compareTo(shorter) > 0
        ? ""
        : Durations.print(window)
            + " is no multiple of the window before, "
            + Durations.print(shorter)
            + ": windows must nest";
  }

  public int highest() {
    return windows.size();
  }

  public Duration window(int level) {
    return windows.get(level - 1);
  }

  /// How many objects lead to a position at most, if each window was merged as soon as it was
  /// closed and a writer puts at most one segment in `syncInterval`: a snapshot, of each level what
  /// fits into a window of the next one without filling it, and the segments of the window that is
  /// open.
  public long planMax(Duration snapshotEvery, Duration syncInterval) {
    long objects = 1 + fits(windows.getFirst(), syncInterval);
    for (int i = 0; i < windows.size(); i++) {
      Duration around = i + 1 < windows.size() ? windows.get(i + 1) : snapshotEvery;
      objects += Math.max(1, fits(around, windows.get(i))) - 1;
    }
    return objects;
  }

  /// How many of these begin within a time.
  private static long fits(Duration time, Duration each) {
    return Math.ceilDiv(time.toMillis(), each.toMillis());
  }

  /// The first instant after the window of a level in which `time` lies.
  public Instant windowEnd(int level, Instant time) {
    return windowEnd(window(level), time);
  }

  static Instant windowEnd(Duration window, Instant time) {
    long millis = window.toMillis();
    return Instant.ofEpochMilli((Math.floorDiv(time.toEpochMilli(), millis) + 1) * millis);
  }

  /// Whether nothing more can come into a window that ends here, late clocks included.
  boolean isClosed(Instant windowEnd, Instant now) {
    return !now.isBefore(windowEnd.plus(windows.getFirst()));
  }

  /// As [#parse] reads it.
  @Override
  public String toString() {
    return String.join(",", windows.stream().map(Durations::print).toList());
  }
}
