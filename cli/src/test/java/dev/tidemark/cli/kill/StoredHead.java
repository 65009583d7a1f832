package dev.tidemark.cli.kill;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PageSink;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;

/// What the product reads at a position, in memory.
final class StoredHead implements PageSink {
  private byte[] bytes = {};
  private int pageSize;

  private StoredHead() {}

  /// Of the database at this position; the product finds it by its number, and must answer the same
  /// position.
  static String sha256(ObjectStore store, Position at) throws Exception {
    StoredHead image = new StoredHead();
    Position read =
        new StateReader(store, 1, ReadListener.NONE)
            .read(new RestoreTarget.AtTxid(at.txid()), image)
            .position();
    if (!read.equals(at)) {
      throw new Violation(at + " is read as " + read);
    }
    return LogWalk.sha256(image.bytes);
  }

  @Override
  public void begin(Position target, PageSize size, long pages) {
    pageSize = size.bytes();
    bytes = new byte[Math.toIntExact(pages * pageSize)];
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) {
    System.arraycopy(page, 0, bytes, Math.toIntExact((pgno - 1) * pageSize), pageSize);
  }
}
