package dev.tidemark.ltx;

/// The fixed fields of an index frame's payload, bytes 0 to 87.
record IndexFrameHeader(
    ObjectIdentity identity, Txid last, Checksum after, int files, int frames, int packedRows) {
  static final int BYTES = 88;
  static final int FILES_MAX = 10_000;
  static final int FRAMES_MAX = (1 << 24) - 1;

  private static final int MAGIC = 0x544D_524B; // "TMRK"
  private static final int VERSION = 1;
  private static final int CODEC = 1;

  /// The length of the rows that the packed rows must inflate to.
  int rowBytes() {
    return files * FileRow.BYTES + frames * FrameRow.BYTES;
  }

  void encode(byte[] out, int at) {
    Bytes.putInt(out, at, MAGIC);
    Bytes.putShort(out, at + 4, VERSION);
    out[at + 6] = (byte) identity.kind().code();
    out[at + 7] = CODEC;
    Bytes.putLong(out, at + 8, identity.runId().high());
    Bytes.putLong(out, at + 16, identity.runId().low());
    Bytes.putLong(out, at + 24, identity.databaseId().high());
    Bytes.putLong(out, at + 32, identity.databaseId().low());
    Bytes.putLong(out, at + 40, identity.first().value());
    Bytes.putLong(out, at + 48, last.value());
    Bytes.putLong(out, at + 56, identity.before().value());
    Bytes.putLong(out, at + 64, after.value());
    Bytes.putInt(out, at + 72, identity.pageSize().bytes());
    Bytes.putInt(out, at + 76, files);
    Bytes.putInt(out, at + 80, frames);
    Bytes.putInt(out, at + 84, packedRows);
  }

  /// Decodes the fields at `at`; `offset` is where they stand in the object, for errors.
  static IndexFrameHeader decode(byte[] in, int at, long offset) throws CorruptLtxException {
    require(Bytes.getInt(in, at) == MAGIC, offset, "index frame has no magic TMRK");
    int version = Bytes.getShort(in, at + 4);
    require(version != 0, offset + 4, "format version is 0");
    require(
        version <= VERSION,
        offset + 4,
        "format version is %d, written by a newer version".formatted(version));
    require(in[at + 7] == CODEC, offset + 7, "codec is %d, not 1".formatted(in[at + 7]));
    int pageSize = Bytes.getInt(in, at + 72);
    require(
        PageSize.isValid(pageSize),
        offset + 72,
        "page size %d is not a power of two in 512..65536".formatted(pageSize));
    ObjectIdentity identity =
        new ObjectIdentity(
            kind(in[at + 6], offset + 6),
            new Id128(Bytes.getLong(in, at + 8), Bytes.getLong(in, at + 16)),
            new Id128(Bytes.getLong(in, at + 24), Bytes.getLong(in, at + 32)),
            new PageSize(pageSize),
            txid(in, at + 40, offset + 40),
            new Checksum(Bytes.getLong(in, at + 56)));
    IndexFrameHeader header =
        new IndexFrameHeader(
            identity,
            txid(in, at + 48, offset + 48),
            new Checksum(Bytes.getLong(in, at + 64)),
            count(in, at + 76, offset + 76, FILES_MAX, "LTX files"),
            count(in, at + 80, offset + 80, FRAMES_MAX, "data frames"),
            count(in, at + 84, offset + 84, Integer.MAX_VALUE, "bytes of rows"));
    header.check(offset);
    return header;
  }

  private void check(long offset) throws CorruptLtxException {
    long first = identity.first().value();
    long span = last.value() - first + 1;
    require(span >= 1, offset + 48, "last transaction %s is before the first".formatted(last));
    Checksum before = identity.before();
    require(
        first == 1 ? before.isNone() : before.value() < 0,
        offset + 56,
        "checksum before transaction %d is %s".formatted(first, before));
    require(after.value() < 0, offset + 64, "checksum after is %s".formatted(after));
    boolean fileCountFits =
        switch (identity.kind()) {
          case SEGMENT -> span == files || (first == 1 && files == 1);
          case MERGED -> files == 1;
          case SNAPSHOT -> files == 1 && first == 1;
        };
    require(fileCountFits, offset + 76, "%d LTX files for %d transactions".formatted(files, span));
  }

  private static ObjectKind kind(byte code, long offset) throws CorruptLtxException {
    for (ObjectKind kind : ObjectKind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    throw new CorruptLtxException(offset, "kind is %d, not 1, 2 or 3".formatted(code));
  }

  private static Txid txid(byte[] in, int at, long offset) throws CorruptLtxException {
    long value = Bytes.getLong(in, at);
    // Every transaction of a log has a next one.
    require(
        value > 0 && value < Long.MAX_VALUE, offset, "transaction number is not in 1..2^63 - 2");
    return new Txid(value);
  }

  private static int count(byte[] in, int at, long offset, int max, String what)
      throws CorruptLtxException {
    long value = Bytes.getUnsigned(in, at);
    require(
        value >= 1 && value <= max, offset, "%d %s are not in 1..%d".formatted(value, what, max));
    return (int) value;
  }

  private static void require(boolean holds, long offset, String reason)
      throws CorruptLtxException {
    if (!holds) {
      throw new CorruptLtxException(offset, reason);
    }
  }
}
