package dev.tidemark.store;

/// How much of what is being read is in memory at once: `parts` pieces of an object of at most
/// `partBytes` are on their way, and `frames` frames (at most 8 MiB each) are inflated before they
/// are asked for, on threads of their own.
public record ReadAhead(int parts, int partBytes, int frames) {
  /// For work in the background of a process with a small heap: one small piece at a time, one
  /// frame, no thread.
  public static final ReadAhead NONE = new ReadAhead(1, 1 << 20, 0);

  private static final int PART_BYTES = 8 << 20;
  private static final int FRAMES = 4;

  /// For work that somebody waits for.
  public static ReadAhead ofParts(int parts) {
    return new ReadAhead(parts, PART_BYTES, FRAMES);
  }
}
