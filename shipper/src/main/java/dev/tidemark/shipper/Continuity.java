package dev.tidemark.shipper;

import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.util.Optional;

/// Whether a live database goes on from what is on record, told without reading it: it is the same
/// file, and its WAL still holds the last frame that was taken, or nobody wrote to the file since
/// everything in the WAL was in it.
///
/// What was written into the same file under a WAL that goes on is not seen here: its times tell
/// nothing, since a checkpoint after a recovery, and attaching runs one, changes them as well. That
/// is left to the first pass of [Audit].
///
/// `known` and `cursor` are the record, `header` is what is committed now; the pin is held.
record Continuity(
    Source source,
    PageTable.Head record,
    FileStamp known,
    CaptureCursor cursor,
    WalIndexHeader header) {

  /// Where in the WAL reading goes on; empty: only a comparison of the whole database can tell what
  /// happened.
  Optional<CaptureCursor> goesOnFrom() throws IOException {
    FileStat stat = source.databaseStat();
    if (!known.isFile(stat) || record.pageSize().bytes() != source.pageSize()) {
      return Optional.empty();
    }
    if (cursor.salts() == header.salts() && walHoldsCursor()) {
      return Optional.of(cursor);
    }
    if (!known.hasTimes() || !known.equals(FileStamp.of(stat))) {
      return Optional.empty();
    }
    long changes = header.mxFrame() == 0 ? header.iChange() : CaptureCursor.CHANGES_UNKNOWN;
    return Optional.of(new CaptureCursor(header.salts(), 0, 0, changes));
  }

  private boolean walHoldsCursor() throws IOException {
    if (header.mxFrame() < cursor.frame()) {
      return false;
    }
    if (cursor.frame() == 0) {
      // An empty WAL looks the same after it was written, checkpointed and deleted.
      return false;
    }
    byte[] frame = new byte[WalFormat.FRAME_HEADER_BYTES];
    long offset = WalFormat.frameOffset(cursor.frame(), source.pageSize());
    if (source.readWal(offset, frame, 0, frame.length) < frame.length) {
      return false;
    }
    WalFrameHeader there = WalFrameHeader.decode(frame, 0);
    return there.salts() == cursor.salts() && there.checksum() == cursor.frameChecksum();
  }
}
