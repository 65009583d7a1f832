package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PageSink;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import java.security.MessageDigest;
import java.util.HexFormat;

/// A database state read back from a bucket, in memory.
final class StoredImage implements PageSink {
  private byte[] bytes = {};
  private int pageSize;

  static StoredImage at(ObjectStore store, Txid txid) throws Exception {
    return read(store, new RestoreTarget.AtTxid(txid));
  }

  static StoredImage latest(ObjectStore store) throws Exception {
    return read(store, new RestoreTarget.Latest());
  }

  private static StoredImage read(ObjectStore store, RestoreTarget target) throws Exception {
    StoredImage image = new StoredImage();
    StateRead read = new StateReader(store, 1, ReadListener.NONE).read(target, image);
    image.position = read.position();
    return image;
  }

  private Position position = Position.START;

  Position position() {
    return position;
  }

  @Override
  public void begin(Position target, PageSize size, long pages) {
    pageSize = size.bytes();
    bytes = new byte[Math.toIntExact(pages * pageSize)];
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) {
    System.arraycopy(page, 0, bytes, (int) (pgno - 1) * pageSize, pageSize);
  }

  byte[] bytes() {
    return bytes;
  }

  String sha256() throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
