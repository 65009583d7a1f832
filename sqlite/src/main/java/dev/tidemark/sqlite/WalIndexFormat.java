package dev.tidemark.sqlite;

/// Offsets in the `-shm` file. Everything is in native byte order, except the salts, which are the
/// bytes of the WAL header.
final class WalIndexFormat {
  static final int BLOCK_BYTES = 32_768;
  static final int VERSION = 3_007_000;

  static final int I_CHANGE = 8;
  static final int IS_INIT = 12;
  static final int BIG_END_CKSUM = 13;
  static final int SZ_PAGE = 14;
  static final int MX_FRAME = 16;
  static final int N_PAGE = 20;
  static final int FRAME_CKSUM = 24;
  static final int SALT = 32;
  static final int CKSUM = 40;

  /// One of the two copies of the header; the second follows the first.
  static final int COPY_BYTES = 48;

  static final int N_BACKFILL = 96;
  static final int READ_MARK = 100;
  static final int N_BACKFILL_ATTEMPTED = 128;

  static final int UNUSED_MARK = 0xFFFF_FFFF;

  /// Where the page numbers begin in block 0; in later blocks they begin at 0.
  static final int FIRST_PGNO = 136;

  static final int FIRST_BLOCK_FRAMES = 4_062;
  static final int BLOCK_FRAMES = 4_096;

  /// Where the hash slots begin in each block.
  static final int HASH = 16_384;

  static final int HASH_SLOTS = 8_192;

  private WalIndexFormat() {}

  /// Which block lists frame `frame`.
  static int blockOf(long frame) {
    return (int) ((frame + BLOCK_FRAMES - FIRST_BLOCK_FRAMES - 1) / BLOCK_FRAMES);
  }

  /// The frame before the first one of a block.
  static long framesBefore(int block) {
    return block == 0 ? 0 : FIRST_BLOCK_FRAMES + (block - 1L) * BLOCK_FRAMES;
  }

  static int pgnoOffset(int block, long index) {
    return (int) ((block == 0 ? FIRST_PGNO : 0) + 4 * (index - 1));
  }
}
