package dev.tidemark.shipper;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// A closed segment that waits to be stored: its bytes lie in a file and never change again.
record SpooledObject(String file, IndexFrame index) {
  /// Follows the name of a segment that is being written.
  static final String PARTIAL = ".partial";

  ObjectKey.Slot slot() {
    return ObjectKey.Slot.after(index.start());
  }

  Position end() {
    return index.end();
  }

  long bytes() {
    return index.objectBytes();
  }

  long lastTimestampMillis() {
    return index.file(index.fileCount() - 1).timestampMillis();
  }

  /// Whether a position is the end of one of its transactions.
  boolean has(Position position) {
    for (int i = 0; i < index.fileCount(); i++) {
      if (index.position(i).equals(position)) {
        return true;
      }
    }
    return false;
  }

  static String fileName(Position start) {
    return start.txid().next() + "-" + start.checksum() + ObjectKey.SUFFIX;
  }

  /// What fills an object.
  interface Content {
    void writeTo(ObjectWriter object) throws IOException, LostContinuityException;
  }

  /// Writes a segment that ends with `last`, and makes it durable. It gets its name once it is
  /// synced: after a failed sync the system may show bytes that the disk never had, and a later run
  /// could not tell.
  static SpooledObject write(StateFiles files, ObjectIdentity identity, Txid last, Content content)
      throws IOException, LostContinuityException {
    String name = fileName(new Position(identity.first().previous(), identity.before()));
    files.delete(name + PARTIAL);
    try {
      IndexFrame index;
      try (StateFiles.Handle handle = files.open(name + PARTIAL)) {
        index = fill(handle, identity, last, content);
        handle.sync();
      }
      files.rename(name + PARTIAL, name);
      files.syncFolder();
      return new SpooledObject(name, index);
    } catch (IOException | LostContinuityException e) {
      try {
        files.delete(name + PARTIAL);
        files.delete(name);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static IndexFrame fill(
      StateFiles.Handle handle, ObjectIdentity identity, Txid last, Content content)
      throws IOException, LostContinuityException {
    HandleOutput out = new HandleOutput(handle, 0);
    try (ObjectWriter object = new ObjectWriter(out, identity)) {
      content.writeTo(object);
      IndexFrame index = object.finish(last);
      out.flush();
      return index;
    }
  }

  /// Opens a file that an earlier run left; empty if it is not a whole object.
  static Optional<SpooledObject> open(StateFiles files, String name) throws IOException {
    long size = files.size(name);
    try (StateFiles.Handle handle = files.open(name)) {
      byte[] tail = tail(handle, size, IndexFrame.tailBytes(size));
      long frame = IndexFrame.frameBytes(tail);
      if (frame > tail.length && frame <= size) {
        tail = tail(handle, size, frame);
      }
      IndexFrame index = IndexFrame.decode(tail, size);
      SpooledObject object = new SpooledObject(name, index);
      try (ObjectReader reader = object.reader(handle)) {
        reader.finish();
      }
      return Optional.of(object);
    } catch (CorruptLtxException _) {
      return Optional.empty();
    }
  }

  private static byte[] tail(StateFiles.Handle handle, long size, long bytes) throws IOException {
    byte[] tail = new byte[Math.toIntExact(Math.min(size, bytes))];
    handle.read(size - tail.length, tail, 0, tail.length);
    return tail;
  }

  /// Reads its file.
  ObjectReader reader(StateFiles.Handle handle) {
    return new ObjectReader(
        new HandleInput(handle, 0, index.objectBytes()), index, 1, Runnable::run);
  }

  /// Brings the table over the transactions.
  void replay(StateFiles files, TableReplay replay, CaptureCursor cursor, FileStamp stamp)
      throws IOException {
    try (StateFiles.Handle handle = files.open(file);
        ObjectReader reader = reader(handle)) {
      while (reader.nextFile()) {
        replay.apply(reader.file(), cursor, stamp);
      }
      reader.finish();
    }
  }

  /// The object for an upload.
  Body body(StateFiles files) {
    return new Body() {
      @Override
      public long size() {
        return bytes();
      }

      @Override
      public InputStream open() throws IOException {
        StateFiles.Handle handle = files.openExisting(file);
        return new HandleInput(handle, 0, bytes()) {
          @Override
          public void close() throws IOException {
            handle.close();
          }
        };
      }
    };
  }
}
