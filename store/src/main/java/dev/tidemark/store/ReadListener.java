package dev.tidemark.store;

/// Hears how far a long read has come. Called by the reading thread; must not block.
public interface ReadListener {
  ReadListener NONE = new ReadListener() {};

  /// What will be read. Comes again when a plan had to be replaced.
  default void planned(Plan plan) {}

  /// An object of the plan was read whole, or need not be read.
  default void read(Chain.Item item) {}

  /// Bytes that arrived from the store since the last call.
  default void bytes(long count) {}

  /// A plan is given up for this reason, and another one is tried.
  default void replanned(String reason) {}
}
