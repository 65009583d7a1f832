package dev.tidemark.ltx;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Builds LTX files byte by byte, also wrong ones, with the checksum that their bytes have, so that
/// a test meets the one rule that it breaks. Shares no code with the writer but the CRC.
final class RawLtx {
  private static final class Page {
    private final byte[] head;
    private final byte[] payload;
    private final byte[] plain;

    Page(byte[] head, byte[] payload, byte[] plain) {
      this.head = head;
      this.payload = payload;
      this.plain = plain;
    }
  }

  private final LtxHeader header;
  private final List<Page> pages = new ArrayList<>();
  private UnaryOperator<byte[]> index = bytes -> bytes;
  private byte[] endMarker = new byte[6];
  private long postApply;
  private long indexSizeError;

  private RawLtx(LtxHeader header) {
    this.header = header;
  }

  static RawLtx with(LtxHeader header) {
    return new RawLtx(header);
  }

  /// A page as an LZ4 block, with the size prefix.
  RawLtx page(long pgno, byte[] payload, byte[] plain) {
    return page(pgno, 1, payload.length, payload, plain);
  }

  RawLtx page(long pgno, int flags, int statedSize, byte[] payload, byte[] plain) {
    byte[] head = new byte[10];
    Bytes.putInt(head, 0, (int) pgno);
    Bytes.putShort(head, 4, flags);
    Bytes.putInt(head, 6, statedSize);
    pages.add(new Page(head, payload, plain));
    return this;
  }

  /// A page as one literal run.
  RawLtx page(long pgno, byte[] plain) {
    return page(pgno, literal(plain), plain);
  }

  /// A page as an LZ4 frame, without size prefix.
  RawLtx framePage(long pgno, byte[] frame, byte[] plain) {
    byte[] head = new byte[6];
    Bytes.putInt(head, 0, (int) pgno);
    pages.add(new Page(head, frame, plain));
    return this;
  }

  RawLtx postApply(long value) {
    postApply = value;
    return this;
  }

  RawLtx index(UnaryOperator<byte[]> change) {
    index = change;
    return this;
  }

  RawLtx indexSizeError(long error) {
    indexSizeError = error;
    return this;
  }

  RawLtx endMarker(byte... bytes) {
    endMarker = bytes;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    file.writeBytes(header.encode());
    hashed.writeBytes(header.encode());
    for (Page page : pages) {
      varint(entries, Bytes.getUnsigned(page.head, 0));
      varint(entries, file.size());
      varint(entries, page.head.length + page.payload.length);
      file.writeBytes(page.head);
      file.writeBytes(page.payload);
      hashed.writeBytes(page.head);
      hashed.writeBytes(page.plain);
    }
    entries.write(0);
    byte[] index = this.index.apply(entries.toByteArray());
    ByteArrayOutputStream end = new ByteArrayOutputStream();
    end.writeBytes(endMarker);
    end.writeBytes(index);
    end.writeBytes(u64(index.length + indexSizeError));
    end.writeBytes(u64(postApply));
    file.writeBytes(end.toByteArray());
    hashed.writeBytes(end.toByteArray());
    byte[] all = hashed.toByteArray();
    file.writeBytes(u64(Crc64.update(0, all, 0, all.length) | Checksum.FLAG));
    return file.toByteArray();
  }

  static byte[] literal(byte[] page) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xF0);
    int rest = page.length - 15;
    for (; rest >= 255; rest -= 255) {
      out.write(255);
    }
    out.write(rest);
    out.writeBytes(page);
    return out.toByteArray();
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; rest >= 128; rest /= 128) {
      out.write((int) (rest % 128) + 128);
    }
    out.write((int) rest);
  }

  private static byte[] u64(long value) {
    byte[] bytes = new byte[8];
    Bytes.putLong(bytes, 0, value);
    return bytes;
  }
}
