package dev.tidemark.sqlite;

/// When something is tried again that is done after the first or second time, though nobody can
/// tell: with growing pauses, and not for ever, since whatever rests in this state must come to
/// rest. Pure; times are readings of one clock in nanoseconds.
final class Settling {
  static final int TRIES = 15;
  static final long FIRST_PAUSE_NANOS = 1_000_000L;

  private int left;
  private long dueAt;
  private long pause;

  /// Begins, from the first try.
  void begin(long now) {
    left = TRIES;
    pause = FIRST_PAUSE_NANOS;
    dueAt = now + pause;
  }

  boolean isDue(long now) {
    return left > 0 && now - dueAt >= 0;
  }

  /// Notes a try.
  void tried(long now) {
    left--;
    pause *= 2;
    dueAt = now + pause;
  }

  /// There is nothing to settle.
  void end() {
    left = 0;
  }
}
