package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.SortedPages;
import java.io.IOException;
import java.util.concurrent.Executor;

/// A stored object that is read at its reader's pace: LTX file by LTX file, page by page. Whatever
/// goes wrong with the object is an [UnreadableObjectException]. Nothing is proven before
/// [#finish].
public final class ScannedObject implements SortedPages, AutoCloseable {
  private final Chain.Item item;
  private final IndexFrame index;
  private final ReadListener listener;
  private final ObjectReader reader;

  ScannedObject(
      ObjectFetch.Fetched object, int framesAhead, Executor decoders, ReadListener listener) {
    this.item = object.item();
    this.index = object.index();
    this.listener = listener;
    this.reader = new ObjectReader(object.content(), index, framesAhead, decoders);
  }

  public IndexFrame index() {
    return index;
  }

  /// Goes to the next LTX file; false behind the last.
  public boolean nextFile() throws UnreadableObjectException {
    try {
      return reader.nextFile();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Reads what is left. When this returns, all of the object is proven.
  public void finish() throws UnreadableObjectException {
    try {
      reader.finish();
    } catch (IOException e) {
      throw unreadable(e);
    }
    listener.read(item);
  }

  @Override
  public LtxHeader header() {
    return file().header();
  }

  @Override
  public boolean next() throws UnreadableObjectException {
    try {
      return file().next();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public long pgno() {
    return file().pgno();
  }

  @Override
  public byte[] page() {
    return file().page();
  }

  @Override
  public long pageCrc() {
    return file().pageCrc();
  }

  /// The checksum of the page, with its number (bit 63 set).
  public long pageChecksum() {
    return file().pageChecksum();
  }

  @Override
  public Checksum after() throws UnreadableObjectException {
    try {
      return file().after();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() {
    reader.close();
  }

  private LtxReader file() {
    return reader.file();
  }

  private UnreadableObjectException unreadable(IOException failure) {
    return new UnreadableObjectException(item.key(), failure);
  }
}
