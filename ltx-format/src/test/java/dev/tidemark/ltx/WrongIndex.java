package dev.tidemark.ltx;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The data frames of a sound object with another index frame behind them, digest and sizes
/// included.
final class WrongIndex {
  private byte[] data;
  private IndexFrameHeader header;
  private List<FileRow> files = new ArrayList<>();
  private List<FrameRow> frames = new ArrayList<>();

  private WrongIndex(byte[] data, IndexFrameHeader header) {
    this.data = data;
    this.header = header;
  }

  static WrongIndex of(byte[] object) throws CorruptLtxException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    byte[] data = Arrays.copyOf(object, (int) index.dataBytes());
    WrongIndex wrong =
        new WrongIndex(
            data, new IndexFrameHeader(index.identity(), index.last(), index.after(), 0, 0, 0));
    for (int i = 0; i < index.fileCount(); i++) {
      wrong.files.add(index.file(i));
    }
    wrong.frames.addAll(SampleObjects.frames(index));
    return wrong;
  }

  /// Other data frames altogether.
  WrongIndex data(byte[] frames) {
    data = frames;
    return this;
  }

  WrongIndex files(List<FileRow> rows) {
    files = rows;
    return this;
  }

  WrongIndex frames(List<FrameRow> rows) {
    frames = rows;
    return this;
  }

  WrongIndex last(long txid) {
    header = new IndexFrameHeader(header.identity(), new Txid(txid), header.after(), 0, 0, 0);
    return this;
  }

  WrongIndex after(Checksum after) {
    header = new IndexFrameHeader(header.identity(), header.last(), after, 0, 0, 0);
    return this;
  }

  WrongIndex identity(ObjectIdentity identity) {
    header = new IndexFrameHeader(identity, header.last(), header.after(), 0, 0, 0);
    return this;
  }

  byte[] object() {
    return object(files.size(), frames.size());
  }

  /// With these counts in the header, whatever the rows are.
  byte[] object(int fileCount, int frameCount) {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    files.forEach(row -> rows.writeBytes(row.encode()));
    frames.forEach(row -> rows.writeBytes(row.encode()));
    byte[] packed = packed(rows.toByteArray());
    IndexFrameHeader whole =
        new IndexFrameHeader(
            header.identity(), header.last(), header.after(), fileCount, frameCount, packed.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(data);
    out.writeBytes(IndexFrameCodec.encode(whole, packed));
    byte[] object = out.toByteArray();
    int digestAt = object.length - IndexFrame.END_BYTES;
    byte[] digest = Digests.sha256().digest(Arrays.copyOf(object, digestAt));
    System.arraycopy(digest, 0, object, digestAt, digest.length);
    return object;
  }

  private static byte[] packed(byte[] rows) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setChecksum(true).setContentSize(true).setLevel(Zstd.defaultCompressionLevel());
      return context.compress(rows);
    }
  }
}
