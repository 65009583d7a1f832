package dev.tidemark.ltx;

/// The last 16 bytes of an LTX file.
public record LtxTrailer(Checksum postApply, Checksum fileChecksum) {
  public static final int BYTES = 16;

  public LtxTrailer {
    if (!postApply.isNone() && postApply.value() > 0) {
      throw new IllegalArgumentException(
          "checksum after is %s, without bit 63".formatted(postApply));
    }
    if (fileChecksum.value() >= 0) {
      throw new IllegalArgumentException(
          "file checksum is %s, without bit 63".formatted(fileChecksum));
    }
  }

  /// Whether `postApply` may stand in the trailer of a file with this header: none if the file
  /// tracks no checksums, else one with bit 63, and that of the empty database if the file deletes
  /// it.
  static boolean fits(LtxHeader header, Checksum postApply) {
    if (!header.tracksChecksums()) {
      return postApply.isNone();
    }
    return header.commit() == 0 ? postApply.equals(Checksum.EMPTY) : postApply.value() < 0;
  }

  public byte[] encode() {
    byte[] out = new byte[BYTES];
    Bytes.putLong(out, 0, postApply.value());
    Bytes.putLong(out, 8, fileChecksum.value());
    return out;
  }
}
