package dev.tidemark.shipper;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.Position;
import java.io.IOException;

/// The transactions of a closed segment after a position in the middle of it, for a segment of
/// their own. Needed when another machine, which had a copy of this spool, cut it in other places.
final class SegmentRest implements SpooledObject.Content {
  private final StateFiles files;
  private final SpooledObject whole;
  private final Position from;

  SegmentRest(StateFiles files, SpooledObject whole, Position from) {
    this.files = files;
    this.whole = whole;
    this.from = from;
  }

  @Override
  public void writeTo(ObjectWriter object) throws IOException {
    try (StateFiles.Handle handle = files.openExisting(whole.file());
        ObjectReader reader = whole.reader(handle)) {
      while (reader.nextFile()) {
        if (reader.file().header().minTxid().compareTo(from.txid()) > 0) {
          copy(reader.file(), reader.row(), object);
        }
      }
      reader.finish();
    }
  }

  private void copy(LtxReader file, FileRow row, ObjectWriter object) throws IOException {
    try (SpillScratch index = new SpillScratch(files)) {
      LtxWriter writer =
          new LtxWriter(object.beginFile(row.length()), file.header(), PageEncoding.LITERAL, index);
      while (file.next()) {
        writer.page(file.pgno(), file.page(), 0);
      }
      writer.finish(file.finish().postApply());
    }
    object.endFile(row);
  }
}
