package dev.tidemark.retention;

import dev.tidemark.ltx.LtxRun;
import dev.tidemark.store.Chain;

/// Contiguous transactions whose pages can be had in ascending order.
sealed interface MergeSource {
  /// A merged file, a snapshot, or a segment of one large transaction, where it is stored. `length`
  /// is that of its LTX file.
  record Stored(Chain.Item item, long length) implements MergeSource {}

  /// An LTX file on the local disk.
  record Spilled(ScratchFile file) implements MergeSource {
    @Override
    public long length() {
      return file.size();
    }
  }

  /// Pages of small transactions that are still in memory.
  record Held(LtxRun run) implements MergeSource {
    @Override
    public long length() {
      return 0;
    }
  }

  /// Bytes to be read from elsewhere, before compression.
  long length();
}
