package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;

/// Copies one LTX file byte for byte with the hints of [LtxOutput], and verifies it on the way, so
/// that damage in a local copy never gets a fresh digest.
final class LtxCopy {
  /// At most one page frame; the room is used again for the next file.
  private final HeapScratch kept = new HeapScratch();

  /// What was copied.
  record Copied(LtxHeader header, FileRow row) {}

  /// Reads at most `limit` bytes; a file that is longer is cut short.
  Copied copy(InputStream in, long limit, LtxOutput out) throws IOException {
    kept.clear();
    Recorder recorder = new Recorder(in, limit);
    LtxReader reader = new LtxReader(recorder);
    recorder.copyTo(out);
    while (reader.next()) {
      out.pageFrame(reader.pgno());
      recorder.copyTo(out);
    }
    out.tail();
    recorder.copyTo(out);
    recorder.forward(out);
    LtxTrailer trailer = reader.finish();
    LtxHeader header = reader.header();
    return new Copied(header, FileRow.of(header, trailer, reader.length(), reader.pages()));
  }

  /// Keeps what was read through it; once forwarding, passes it on at once, since a page index can
  /// be long.
  private final class Recorder extends InputStream {
    private final InputStream in;
    private LtxOutput forward = (_, _, _) -> {};
    private boolean forwarding;
    private long left;

    Recorder(InputStream in, long limit) {
      this.in = in;
      this.left = limit;
    }

    void copyTo(LtxOutput out) throws IOException {
      kept.copyTo(out);
      kept.clear();
    }

    void forward(LtxOutput out) {
      forward = out;
      forwarding = true;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = left == 0 ? -1 : in.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      if (count > 0 && forwarding) {
        forward.write(into, offset, count);
      } else if (count > 0) {
        kept.append(into, offset, count);
      }
      return count;
    }
  }
}
