package dev.tidemark.store.testing;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/// Stores a [PageHistory] as real objects, cut as a test wants them.
public final class LogBuilder {
  private static final Id128 RUN = new Id128(7, 7);

  private final ObjectStore store;
  private final Id128 databaseId;
  private final PageHistory history;
  private final Id128 run;

  public LogBuilder(ObjectStore store, Id128 databaseId, PageHistory history) {
    this(store, databaseId, history, RUN);
  }

  /// As a certain writer.
  public LogBuilder(ObjectStore store, Id128 databaseId, PageHistory history, Id128 run) {
    this.store = store;
    this.databaseId = databaseId;
    this.history = history;
    this.run = run;
  }

  public LogBuilder database() throws StoreException, DamagedLogException, InterruptedException {
    Records.createDatabase(
        store, new DatabaseRecord(databaseId, Instant.ofEpochMilli(0), "tidemark test"));
    return this;
  }

  public LogBuilder boundary(int number, int txid) throws StoreException, InterruptedException {
    Records.putBoundary(
        store,
        new BoundaryRecord(number, databaseId, history.position(txid), Instant.ofEpochMilli(0)));
    return this;
  }

  /// The slot with transactions `first` to `last`.
  public ObjectKey segment(int first, int last)
      throws IOException, StoreException, InterruptedException {
    ObjectKey key = ObjectKey.Slot.after(history.position(first - 1));
    put(key, segmentBytes(first, last));
    return key;
  }

  public byte[] segmentBytes(int first, int last) throws IOException {
    Position before = history.position(first - 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectWriter object = writer(out, ObjectKind.SEGMENT, before, run)) {
      for (int txid = first; txid <= last; txid++) {
        PageHistory.Transaction transaction = history.transaction(txid);
        file(object, header(transaction.before(), txid), transaction.pages(), txid);
      }
      object.finish(new Txid(last));
    }
    return out.toByteArray();
  }

  public ObjectKey merged(int level, int first, int last)
      throws IOException, StoreException, InterruptedException {
    Position after = history.position(last);
    ObjectKey key = new ObjectKey.Merged(level, new Txid(first), after.txid(), after.checksum());
    put(key, mergedBytes(first, last, history.merged(first, last)));
    return key;
  }

  /// A merged file with these pages, right or wrong.
  public byte[] mergedBytes(int first, int last, SortedMap<Long, byte[]> pages) throws IOException {
    Position before = history.position(first - 1);
    return whole(ObjectKind.MERGED, before, last, pages, Id128.ZERO);
  }

  public ObjectKey snapshot(int txid) throws IOException, StoreException, InterruptedException {
    Position at = history.position(txid);
    ObjectKey key = new ObjectKey.Snapshot(at.txid(), at.checksum());
    put(key, whole(ObjectKind.SNAPSHOT, Position.START, txid, allPages(txid), Id128.ZERO));
    return key;
  }

  /// Slot 1 with a snapshot up to `txid`, as for a destination that was added later.
  public ObjectKey snapshotSlot(int txid) throws IOException, StoreException, InterruptedException {
    ObjectKey key = ObjectKey.Slot.after(Position.START);
    put(key, whole(ObjectKind.SEGMENT, Position.START, txid, allPages(txid), run));
    return key;
  }

  public void put(ObjectKey key, byte[] bytes) throws StoreException, InterruptedException {
    store.put(key.text(), Body.of(bytes));
  }

  private byte[] whole(
      ObjectKind kind, Position before, int txid, SortedMap<Long, byte[]> pages, Id128 run)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectWriter object = writer(out, kind, before, run)) {
      file(object, header(before, txid), pages, txid);
      object.finish(new Txid(txid));
    }
    return out.toByteArray();
  }

  private SortedMap<Long, byte[]> allPages(int txid) {
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    for (long pgno = 1; pgno <= history.transaction(txid).commit(); pgno++) {
      pages.put(pgno, history.page(txid, pgno));
    }
    return pages;
  }

  private ObjectWriter writer(
      ByteArrayOutputStream out, ObjectKind kind, Position before, Id128 run) {
    return new ObjectWriter(
        out,
        new ObjectIdentity(
            kind, run, databaseId, history.pageSize(), before.txid().next(), before.checksum()));
  }

  private LtxHeader header(Position before, int last) {
    PageHistory.Transaction transaction = history.transaction(last);
    return LtxHeader.plain(
        history.pageSize(),
        transaction.commit(),
        before.txid().next(),
        new Txid(last),
        transaction.timeMillis(),
        before.checksum());
  }

  private void file(ObjectWriter object, LtxHeader header, SortedMap<Long, byte[]> pages, int txid)
      throws IOException {
    Checksum after = history.position(txid).checksum();
    long length =
        LtxWriter.literalLength(
            history.pageSize(), pages.keySet().stream().mapToLong(Long::longValue).iterator());
    LtxOutput out = object.beginFile(length);
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LITERAL, index);
      for (var page : pages.entrySet()) {
        writer.page(page.getKey(), page.getValue(), 0);
      }
      LtxTrailer trailer = writer.finish(after);
      object.endFile(FileRow.of(header, trailer, writer.length(), pages.size()));
    }
  }
}
