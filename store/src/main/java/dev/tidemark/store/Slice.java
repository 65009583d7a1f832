package dev.tidemark.store;

/// A part of an object and the size of the whole. The bytes are the receiver's own; not a value to
/// compare.
@SuppressWarnings("ArrayRecordComponent")
public record Slice(byte[] bytes, long objectSize) {}
