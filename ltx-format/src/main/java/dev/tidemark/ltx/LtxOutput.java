package dev.tidemark.ltx;

import java.io.IOException;

/// Where the bytes of an LTX file go. The two hints tell a container where it may cut.
public interface LtxOutput {
  void write(byte[] bytes, int offset, int length) throws IOException;

  /// The frame of page `pgno` begins with the next byte.
  default void pageFrame(long pgno) throws IOException {}

  /// The end marker begins with the next byte; page index and trailer follow.
  default void tail() throws IOException {}
}
