package dev.tidemark.shipper;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.Crc64;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.Position;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A transaction as it lies in a [SpoolLog]: a preamble of 56 bytes (length, WAL cursor, CRC), then
/// its LTX file, from `offset` on. An instance is one that an earlier run left, read to its end and
/// found whole.
record LoggedFile(
    StateFiles.Handle handle,
    long offset,
    long length,
    CaptureCursor cursor,
    LtxHeader header,
    long pages) {
  static final int PREAMBLE_BYTES = 56;

  private static final int MAGIC = 0x544D_5243;
  private static final int CRC_OFFSET = PREAMBLE_BYTES - Long.BYTES;

  /// The preamble of an LTX file of this length.
  static byte[] encodePreamble(long length, CaptureCursor cursor) {
    ByteBuffer out = ByteBuffer.allocate(PREAMBLE_BYTES);
    out.putInt(MAGIC).putInt(0).putLong(length);
    out.putLong(cursor.salts()).putLong(cursor.frame());
    out.putLong(cursor.frameChecksum()).putLong(cursor.changes());
    out.putLong(Crc64.update(0, out.array(), 0, out.position()));
    return out.array();
  }

  /// The transaction whose preamble is at `at`, in a log of `size` bytes; empty if it is torn, or
  /// none.
  static Optional<LoggedFile> at(StateFiles.Handle handle, long at, long size) throws IOException {
    long file = at + PREAMBLE_BYTES;
    if (file >= size) {
      return Optional.empty();
    }
    byte[] preamble = preambleAt(handle, at);
    long length = lengthOf(preamble);
    if (length <= 0 || length > size - file) {
      return Optional.empty();
    }
    try {
      LtxReader reader = open(handle, file, length);
      reader.finish();
      if (reader.length() != length) {
        return Optional.empty();
      }
      CaptureCursor cursor = cursorOf(preamble);
      return Optional.of(
          new LoggedFile(handle, file, length, cursor, reader.header(), reader.pages()));
    } catch (CorruptLtxException | EOFException _) {
      return Optional.empty();
    }
  }

  /// The number of the transaction at the beginning of a log, which need not be whole; the largest
  /// number if there is none.
  static long firstTxid(StateFiles.Handle handle) throws IOException {
    if (handle.size() < PREAMBLE_BYTES) {
      return Long.MAX_VALUE;
    }
    try {
      long length = lengthOf(preambleAt(handle, 0));
      return length > 0
          ? open(handle, PREAMBLE_BYTES, length).header().minTxid().value()
          : Long.MAX_VALUE;
    } catch (CorruptLtxException | EOFException _) {
      return Long.MAX_VALUE;
    }
  }

  /// Where the next one begins.
  long end() {
    return offset + length;
  }

  /// Whether it leads on from a position. Each file in a log is one transaction, and there is one
  /// after it.
  boolean continues(Position position) {
    return header.minTxid().equals(position.txid().next())
        && header.maxTxid().equals(header.minTxid())
        && header.maxTxid().value() < Long.MAX_VALUE
        && header.tracksChecksums()
        && header.preApply().equals(position.checksum());
  }

  /// Brings the table over it, with the cursor after it; answers what the index of a segment says
  /// of it.
  FileRow replay(TableReplay replay) throws IOException {
    LtxReader reader = open(handle, offset, length);
    long applied = replay.apply(reader, cursor, replay.stamp());
    LtxTrailer trailer = reader.finish();
    return new FileRow(
        header.timestampMillis(), trailer.postApply(), length, applied, header.commit());
  }

  private static LtxReader open(StateFiles.Handle handle, long file, long length)
      throws IOException {
    return new LtxReader(new HandleInput(handle, file, length));
  }

  private static byte[] preambleAt(StateFiles.Handle handle, long offset) throws IOException {
    byte[] preamble = new byte[PREAMBLE_BYTES];
    handle.read(offset, preamble, 0, PREAMBLE_BYTES);
    return preamble;
  }

  /// The length of the LTX file that follows; 0 if this is no preamble.
  private static long lengthOf(byte[] preamble) {
    ByteBuffer in = ByteBuffer.wrap(preamble);
    boolean good =
        in.getInt(0) == MAGIC && in.getLong(CRC_OFFSET) == Crc64.update(0, preamble, 0, CRC_OFFSET);
    return good ? in.getLong(8) : 0;
  }

  private static CaptureCursor cursorOf(byte[] preamble) {
    ByteBuffer in = ByteBuffer.wrap(preamble);
    return new CaptureCursor(in.getLong(16), in.getLong(24), in.getLong(32), in.getLong(40));
  }
}
