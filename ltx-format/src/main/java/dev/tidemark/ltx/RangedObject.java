package dev.tidemark.ltx;

import java.io.IOException;

/// A stored object of which parts can be read. Each call is one request.
public interface RangedObject {
  /// The end of an object and the size of the whole. The bytes are the receiver's own; not a value
  /// to compare.
  @SuppressWarnings("ArrayRecordComponent")
  record Tail(byte[] bytes, long objectSize) {}

  /// The last `length` bytes; the whole object if it is shorter.
  Tail last(int length) throws IOException;

  /// `length` bytes from `offset`; fewer only at the object's end.
  byte[] part(long offset, int length) throws IOException;
}
