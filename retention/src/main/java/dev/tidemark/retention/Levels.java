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
