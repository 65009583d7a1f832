package dev.tidemark.ltx;

import java.util.function.Supplier;

/// What an LTX header may say, field by field in the order of the format. Writer and reader share
/// it: for the one a violation is a caller's mistake, for the other a corrupt file.
final class HeaderRules {
  /// `offset` is that of the field in the header.
  static final class Violation extends IllegalArgumentException {
    private final int offset;
    private final String reason;

    Violation(int offset, String reason) {
      super(reason);
      this.offset = offset;
      this.reason = reason;
    }

    int offset() {
      return offset;
    }

    String reason() {
      return reason;
    }
  }

  private HeaderRules() {}

  static void check(
      int flags,
      long commit,
      Txid minTxid,
      Txid maxTxid,
      Checksum preApply,
      long walOffset,
      long walSize,
      int walSalt1,
      int walSalt2) {
    require((flags & ~LtxHeader.NO_CHECKSUM) == 0, 4, () -> "unknown flags %08x".formatted(flags));
    require(
        commit >= 0 && commit <= 0xffff_ffffL,
        12,
        () -> "commit %d is not 32 bits wide".formatted(commit));
    checkTxids(minTxid, maxTxid);
    require(walOffset >= 0, 48, () -> "WAL offset is negative: " + walOffset);
    require(walSize >= 0, 56, () -> "WAL size is negative: " + walSize);
    boolean inWal = walOffset != 0;
    require(inWal || (walSalt1 == 0 && walSalt2 == 0), 64, () -> "WAL salts without a WAL offset");
    require(inWal || walSize == 0, 56, () -> "WAL size without a WAL offset");
    checkPreApply(flags, minTxid, preApply);
  }

  private static void checkTxids(Txid minTxid, Txid maxTxid) {
    require(minTxid.value() != 0, 16, () -> "first transaction is 0");
    require(maxTxid.value() != 0, 24, () -> "last transaction is 0");
    boolean ordered = minTxid.compareTo(maxTxid) <= 0;
    require(
        ordered,
        24,
        () -> "last transaction %s is before the first, %s".formatted(maxTxid, minTxid));
  }

  private static void checkPreApply(int flags, Txid minTxid, Checksum preApply) {
    if (minTxid.value() == 1) {
      require(
          preApply.isNone(), 40, () -> "checksum before is %s in a snapshot".formatted(preApply));
    } else if ((flags & LtxHeader.NO_CHECKSUM) != 0) {
      require(
          preApply.isNone(),
          40,
          () -> "checksum before is %s in a file without any".formatted(preApply));
    } else {
      require(
          preApply.value() < 0,
          40,
          () -> "checksum before is %s, without bit 63".formatted(preApply));
    }
  }

  private static void require(boolean holds, int offset, Supplier<String> reason) {
    if (!holds) {
      throw new Violation(offset, reason.get());
    }
  }
}
