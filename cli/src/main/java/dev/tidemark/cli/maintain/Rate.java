package dev.tidemark.cli.maintain;

import dev.tidemark.cli.Words;

/// How many bytes may be moved in a second.
public record Rate(long bytesPerSecond) {
  /// With less, a request for a part of an object would take longer than a store waits.
  private static final long MIN = 1L << 20;

  public Rate {
    if (bytesPerSecond < MIN) {
      throw new IllegalArgumentException(
          bytesPerSecond + " bytes a second are too few; give at least 1MiB");
    }
  }

  /// A number of bytes, with a unit if wanted.
  public static Rate parse(String text) {
    return new Rate(Words.size(text));
  }
}
