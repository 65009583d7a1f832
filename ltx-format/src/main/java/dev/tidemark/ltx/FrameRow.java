package dev.tidemark.ltx;

/// One data frame of an object. `firstPgno` is 0 if no page frame begins in it, or several LTX
/// files lie in it.
public record FrameRow(int compressedSize, int decompressedSize, long firstPgno) {
  static final int BYTES = 12;

  byte[] encode() {
    byte[] out = new byte[BYTES];
    Bytes.putInt(out, 0, compressedSize);
    Bytes.putInt(out, 4, decompressedSize);
    Bytes.putInt(out, 8, (int) firstPgno);
    return out;
  }

  static FrameRow decode(byte[] in, int at) {
    return new FrameRow(
        Bytes.getInt(in, at), Bytes.getInt(in, at + 4), Bytes.getUnsigned(in, at + 8));
  }
}
