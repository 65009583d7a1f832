package dev.tidemark.store;

/// A number of things, as people say it.
public final class Counted {
  private Counted() {}

  /// `1 object`, `2 objects`: of things whose plural takes an s.
  public static String of(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
