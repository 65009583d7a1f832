package dev.tidemark.shipper;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.Position;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// An object, read whole: its index frame and what its LTX files say.
record SimObject(IndexFrame index, List<Change> changes) {
  /// An LTX file: pages to write, the size of the database after it, and the position then.
  record Change(
      SortedMap<Long, byte[]> pages, int pageSize, long commit, long timeMillis, Position after) {
    /// The database file after it.
    byte[] applyTo(byte[] file) {
      byte[] next = Arrays.copyOf(file, Math.toIntExact(commit * pageSize));
      pages.forEach((pgno, page) ->
          System.arraycopy(page, 0, next, Math.toIntExact((pgno - 1) * pageSize), pageSize));
      return next;
    }
  }

  /// IOException: damaged.
  static SimObject read(byte[] object) throws IOException {
    int tail = Math.toIntExact(IndexFrame.tailBytes(object.length));
    int frame = Math.toIntExact(IndexFrame.frameBytes(last(object, tail)));
    IndexFrame index = IndexFrame.decode(last(object, frame), object.length);
    List<Change> changes = new ArrayList<>();
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 1, Runnable::run)) {
      while (reader.nextFile()) {
        changes.add(change(reader.file()));
      }
      reader.finish();
    }
    return new SimObject(index, changes);
  }

  private static byte[] last(byte[] object, int length) {
    return Arrays.copyOfRange(object, object.length - length, object.length);
  }

  private static Change change(LtxReader file) throws IOException {
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    while (file.next()) {
      pages.put(file.pgno(), file.page().clone());
    }
    var header = file.header();
    Position after = new Position(header.maxTxid(), file.finish().postApply());
    return new Change(
        pages, header.pageSize().bytes(), header.commit(), header.timestampMillis(), after);
  }

  Position start() {
    return index.start();
  }

  Position end() {
    return index.end();
  }
}
