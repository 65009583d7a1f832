package dev.tidemark.store;

/// Which bytes of an object.
public sealed interface ByteRange {
  /// `length` bytes from `offset`; fewer at the object's end, none beyond it.
  record Part(long offset, int length) implements ByteRange {
    public Part {
      if (offset < 0 || length < 0) {
        throw new IllegalArgumentException("range of %d bytes from %d".formatted(length, offset));
      }
    }
  }

  /// The last `length` bytes; the whole object if it is shorter.
  record Last(int length) implements ByteRange {
    public Last {
      if (length < 0) {
        throw new IllegalArgumentException("range of the last %d bytes".formatted(length));
      }
    }
  }

  /// Where the range begins in an object of this size.
  default long from(long objectSize) {
    return switch (this) {
      case Part part -> Math.min(part.offset(), objectSize);
      case Last last -> Math.max(0, objectSize - last.length());
    };
  }

  /// How many bytes of an object of this size are in the range.
  default int count(long objectSize) {
    return switch (this) {
      case Part part -> (int) Math.min(part.length(), objectSize - from(objectSize));
      case Last last -> (int) Math.min(last.length(), objectSize);
    };
  }
}
