package dev.tidemark.retention;

import dev.tidemark.store.ReadAhead;

/// How much a merge holds at once, whatever it merges. Besides, one frame of a segment may take 8
/// MiB twice, compressed and inflated, and one of any other input 256 KiB twice.
///
/// @param fanIn how many inputs are read side by side; more of them take another pass
/// @param runBytes pages of small transactions that are sorted in memory before they go to disk
/// @param readBytes what is read ahead of all inputs together
/// @param requests how many requests are made at once; 1: each is answered before the next is made
public record MergeLimits(int fanIn, int runBytes, int readBytes, int requests) {
  public static final MergeLimits DEFAULT = new MergeLimits(16, 4 << 20, 8 << 20);

  private static final int REQUESTS = 16;
  private static final int PARTS = 2;
  private static final int PART_MIN = 128 << 10;
  private static final int PART_MAX = 2 << 20;
  private static final int SEGMENT_PARTS = 4;
  private static final int SEGMENT_PART_MAX = 512 << 10;

  public MergeLimits {
    if (fanIn < 2 || runBytes < 1 || readBytes < 1 || requests < 1) {
      throw new IllegalArgumentException(
          "%d inputs, runs of %d bytes, %d bytes ahead, %d requests"
              .formatted(fanIn, runBytes, readBytes, requests));
    }
  }

  MergeLimits(int fanIn, int runBytes, int readBytes) {
    this(fanIn, runBytes, readBytes, REQUESTS);
  }

  /// The same with so many requests at once.
  public MergeLimits withRequests(int count) {
    return new MergeLimits(fanIn, runBytes, readBytes, count);
  }

  /// For one of so many objects that are read side by side. Besides the parts that are on their
  /// way, one is being consumed.
  ReadAhead readAhead(int objects) {
    int part = readBytes / ((PARTS + 1) * objects);
    return new ReadAhead(Math.min(PARTS, requests), Math.clamp(part, PART_MIN, PART_MAX), 0);
  }

  /// For segments that are read one after the other: many small ones are on their way at once.
  ReadAhead segmentsAhead() {
    int part = readBytes / (SEGMENT_PARTS + 1);
    return new ReadAhead(
        Math.min(SEGMENT_PARTS, requests), Math.clamp(part, PART_MIN, SEGMENT_PART_MAX), 0);
  }
}
