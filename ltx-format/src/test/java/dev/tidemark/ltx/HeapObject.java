package dev.tidemark.ltx;

import java.util.Arrays;

/// An object in memory that counts what is read of it.
final class HeapObject implements RangedObject {
  private final byte[] object;
  int reads;

  HeapObject(byte[] object) {
    this.object = object;
  }

  @Override
  public Tail last(int length) {
    reads++;
    int from = Math.max(0, object.length - length);
    return new Tail(Arrays.copyOfRange(object, from, object.length), object.length);
  }

  @Override
  public byte[] part(long offset, int length) {
    reads++;
    int from = Math.toIntExact(Math.min(offset, object.length));
    return Arrays.copyOfRange(object, from, Math.min(object.length, from + length));
  }
}
