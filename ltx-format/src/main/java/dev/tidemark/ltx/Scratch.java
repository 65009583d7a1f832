package dev.tidemark.ltx;

import java.io.Closeable;
import java.io.IOException;

/// Room for a page index that outgrows memory: written once, read back once. [#heap] holds it in
/// memory; a caller with files passes one that spills.
public interface Scratch extends Closeable {
  void append(byte[] bytes, int offset, int length) throws IOException;

  void copyTo(LtxOutput out) throws IOException;

  @Override
  default void close() throws IOException {}

  static Scratch heap() {
    return new HeapScratch();
  }
}
