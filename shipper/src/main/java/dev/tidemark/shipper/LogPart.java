package dev.tidemark.shipper;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Consecutive transactions of a [SpoolLog] that make up a segment: `length` bytes of its file,
/// preambles included.
///
/// Any thread may copy them, as long as the log has not dropped them.
record LogPart(
    Position start, List<FileRow> rows, StateFiles.Handle handle, long offset, long length) {
  private static final int READ = 1 << 16;

  Txid last() {
    return start.txid().plus(rows.size());
  }

  /// Copies them into an object that is being written.
  void copyTo(ObjectWriter object) throws IOException {
    InputStream in = new BufferedInputStream(new HandleInput(handle, offset, length), READ);
    long shared = 0;
    for (int i = 0; i < rows.size(); i++) {
      if (shared == 0 && rows.get(i).length() <= ObjectWriter.SHARED_FRAME_MAX) {
        shared = bytesOfFrame(i);
        object.beginSharedFrame(shared);
      }
      in.skipNBytes(LoggedFile.PREAMBLE_BYTES);
      object.copyFile(in, rows.get(i));
      shared = Math.max(0, shared - rows.get(i).length());
    }
  }

  /// How many bytes of transactions fit into one data frame, from one of them on.
  private long bytesOfFrame(int from) {
    long content = 0;
    for (int i = from; i < rows.size(); i++) {
      if (content + rows.get(i).length() > ObjectWriter.SHARED_FRAME_MAX) {
        break;
      }
      content += rows.get(i).length();
    }
    return content;
  }
}
