package dev.tidemark.ltx;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// Gives a damaged LTX file the page index, checksums and trailer that its pages have, so that a
/// reader goes as far as the damage itself. Reads what is there the loose way, and shares no code
/// with the reader but the CRC.
public final class MendedLtx {
  private static final int PAGE_FRAMES = LtxHeader.BYTES;

  private final byte[] in;
  private final byte[] page;
  private final ByteArrayOutputStream hashed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private long xor;
  private int at = PAGE_FRAMES;

  private MendedLtx(byte[] in) {
    this.in = in.clone();
    this.page = new byte[Bytes.getInt(in, 8)];
  }

  /// The file, whole; the input itself if its pages cannot be made out.
  public static byte[] of(byte[] input) {
    boolean readable = input.length >= PAGE_FRAMES && PageSize.isValid(Bytes.getInt(input, 8));
    return readable ? new MendedLtx(input).mended().orElse(input) : input;
  }

  private Optional<byte[]> mended() {
    hashed.write(in, 0, PAGE_FRAMES);
    while (at + LtxWriter.END_MARKER_BYTES <= in.length && Bytes.getInt(in, at) != 0) {
      int start = at;
      if (!pageFrame()) {
        return Optional.empty();
      }
      RawLtx.varint(entries, Bytes.getUnsigned(in, start));
      RawLtx.varint(entries, start);
      RawLtx.varint(entries, at - start);
      xor ^= PageChecksum.of(Bytes.getUnsigned(in, start), page, 0, page.length);
    }
    if (at + LtxWriter.END_MARKER_BYTES > in.length) {
      return Optional.empty();
    }
    return Optional.of(ended());
  }

  private byte[] ended() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(in, 0, at + LtxWriter.END_MARKER_BYTES);
    hashed.write(in, at, LtxWriter.END_MARKER_BYTES);
    entries.write(0);
    byte[] end = new byte[entries.size() + 2 * Long.BYTES];
    System.arraycopy(entries.toByteArray(), 0, end, 0, entries.size());
    Bytes.putLong(end, entries.size(), entries.size());
    Bytes.putLong(end, entries.size() + Long.BYTES, postApply());
    out.writeBytes(end);
    hashed.writeBytes(end);
    byte[] all = hashed.toByteArray();
    byte[] checksum = new byte[Long.BYTES];
    Bytes.putLong(checksum, 0, Crc64.update(0, all, 0, all.length) | Checksum.FLAG);
    out.writeBytes(checksum);
    return out.toByteArray();
  }

  /// A snapshot's follows from its pages; any other file keeps what it says.
  private long postApply() {
    boolean tracks = (Bytes.getInt(in, 4) & LtxHeader.NO_CHECKSUM) == 0;
    if (!tracks) {
      return 0;
    }
    boolean said = Bytes.getLong(in, 16) != 1 && in.length >= at + LtxTrailer.BYTES;
    return said
        ? Bytes.getLong(in, in.length - LtxTrailer.BYTES) | Checksum.FLAG
        : xor | Checksum.FLAG;
  }

  private boolean pageFrame() {
    if (at + LtxWriter.PAGE_HEADER_BYTES > in.length) {
      return false;
    }
    if (Bytes.getShort(in, at + 4) != 0) {
      int payload = at + LtxWriter.PAGE_HEADER_BYTES;
      long length = Bytes.getUnsigned(in, at + 6);
      if (length > in.length - payload || !inflated(payload, (int) length, 0)) {
        return false;
      }
      hashed.write(in, at, LtxWriter.PAGE_HEADER_BYTES);
      hashed.writeBytes(page);
      at = payload + (int) length;
      return true;
    }
    hashed.write(in, at, LtxWriter.END_MARKER_BYTES);
    at += LtxWriter.END_MARKER_BYTES + Integer.BYTES;
    boolean whole = frame();
    hashed.writeBytes(page);
    return whole;
  }

  private boolean inflated(int from, int length, int filled) {
    return inflate(from, length, filled) == page.length - filled;
  }

  private int inflate(int from, int length, int filled) {
    try {
      return LZ4Factory.safeInstance()
          .safeDecompressor()
          .decompress(in, from, length, page, filled, page.length - filled);
    } catch (LZ4Exception | IndexOutOfBoundsException _) {
      return -1;
    }
  }

  /// An LZ4 frame behind its magic, with its three kinds of checksums.
  private boolean frame() {
    XXHash32 hash = XXHashFactory.safeInstance().hash32();
    int start = at;
    if (start + 16 > in.length) {
      return false;
    }
    int flags = in[start];
    at += (flags & 0x08) == 0 ? 2 : 10;
    in[at] = (byte) (hash.hash(in, start, at - start, 0) >> 8);
    at++;
    int filled = 0;
    while (at + Integer.BYTES <= in.length && Bytes.getIntLittle(in, at) != 0) {
      int word = Bytes.getIntLittle(in, at);
      int length = word & Integer.MAX_VALUE;
      int block = at + Integer.BYTES;
      if (length > in.length - block - Integer.BYTES) {
        return false;
      }
      int got = word < 0 ? Math.min(length, page.length - filled) : inflate(block, length, filled);
      if (got < 0) {
        return false;
      }
      if (word < 0) {
        System.arraycopy(in, block, page, filled, got);
      }
      filled += got;
      at = block + length;
      if ((flags & 0x10) != 0) {
        Bytes.putIntLittle(in, at, hash.hash(in, block, length, 0));
        at += Integer.BYTES;
      }
    }
    at += Integer.BYTES;
    if ((flags & 0x04) != 0 && at + Integer.BYTES <= in.length) {
      Bytes.putIntLittle(in, at, hash.hash(page, 0, page.length, 0));
      at += Integer.BYTES;
    }
    if (filled < page.length) {
      Arrays.fill(page, filled, page.length, (byte) 0);
    }
    return at <= in.length;
  }
}
