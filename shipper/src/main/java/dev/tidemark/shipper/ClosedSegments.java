package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The closed segments of the spool, which wait to be stored: a queue, oldest first, in which each
/// begins where the one before ends. Each is a file in the state directory, with its final bytes,
/// synced before it is added, and removed once it is on record as stored.
///
/// Owned by whoever owns the [Spool]; another thread may read the file of a segment that waits.
final class ClosedSegments {
  private final StateFiles files;
  private final Id128 runId;
  private final Id128 databaseId;
  private final Deque<SpooledObject> closed = new ArrayDeque<>();
  // The file of a segment that could not be written. It is gone for good before another one takes
  // the number, or a power cut might bring it back in its place.
  private Optional<String> failed = Optional.empty();
  // The whole of a segment that was cut, which a restart needs until its beginning is on record as
  // stored.
  private Optional<String> cut = Optional.empty();

  ClosedSegments(StateFiles files, Id128 runId, Id128 databaseId) {
    this.files = files;
    this.runId = runId;
    this.databaseId = databaseId;
  }

  /// Takes over the segments that an earlier run left after `stored`, and removes all other ones.
  /// Answers the position after the last one.
  Position recover(Position stored, TableReplay replay) throws IOException {
    for (String name : files.names()) {
      if (name.endsWith(ObjectKey.SUFFIX)) {
        recoverObject(name, end(stored), replay);
      } else if (name.endsWith(ObjectKey.SUFFIX + SpooledObject.PARTIAL)) {
        files.delete(name);
      }
    }
    return end(stored);
  }

  private Position end(Position stored) {
    return closed.isEmpty() ? stored : closed.getLast().end();
  }

  private void recoverObject(String name, Position end, TableReplay replay) throws IOException {
    boolean next = name.equals(SpooledObject.fileName(end));
    Optional<SpooledObject> object = next ? SpooledObject.open(files, name) : Optional.empty();
    if (object.isEmpty() || !replay.fits(object.get().index())) {
      // Stored before, made up, or cut short by a crash: then its transactions are still in the
      // log.
      files.delete(name);
      return;
    }
    closed.add(object.get());
    object.get().replay(files, replay, CaptureCursor.NONE, replay.stamp());
  }

  boolean isEmpty() {
    return closed.isEmpty();
  }

  long bytes() {
    return closed.stream().mapToLong(SpooledObject::bytes).sum();
  }

  boolean has(Position position) {
    return closed.stream().anyMatch(object -> object.has(position));
  }

  /// The segment to store next.
  Optional<SpooledObject> first() {
    return Optional.ofNullable(closed.peekFirst());
  }

  /// When the oldest transaction was captured.
  Optional<Long> firstTimestampMillis() {
    return first().map(object -> object.index().file(0).timestampMillis());
  }

  /// When the newest transaction was captured.
  Optional<Long> lastTimestampMillis() {
    return Optional.ofNullable(closed.peekLast()).map(SpooledObject::lastTimestampMillis);
  }

  /// What a segment says of itself that this run makes, and that begins after `start`.
  ObjectIdentity identity(PageSize pageSize, Position start) {
    return new ObjectIdentity(
        ObjectKind.SEGMENT, runId, databaseId, pageSize, start.txid().next(), start.checksum());
  }

  /// Writes a segment from `start` to `last`, durably. It waits from [#add] on.
  SpooledObject write(PageSize pageSize, Position start, Txid last, SpooledObject.Content content)
      throws IOException, LostContinuityException {
    failed = Optional.of(SpooledObject.fileName(start));
    SpooledObject object = SpooledObject.write(files, identity(pageSize, start), last, content);
    failed = Optional.empty();
    return object;
  }

  /// Removes what is left of a segment that could not be written.
  void removeFailed() throws IOException {
    if (failed.isPresent()) {
      files.delete(failed.get());
      files.syncFolder();
      failed = Optional.empty();
    }
  }

  /// Puts a segment at the end of the queue.
  void add(SpooledObject object) {
    closed.add(object);
  }

  /// Lets a segment begin at a position that is stored, as the head that a start found. It lies in
  /// the middle of one if a copy of this machine went on with what was in the spool.
  void cutAt(Position stored) throws IOException {
    List<SpooledObject> objects = new ArrayList<>(closed);
    for (int i = 0; i < objects.size(); i++) {
      SpooledObject object = objects.get(i);
      if (object.has(stored) && !object.end().equals(stored)) {
        objects.set(i, rest(object, stored));
        cut = Optional.of(object.file());
      }
    }
    closed.clear();
    closed.addAll(objects);
  }

  private SpooledObject rest(SpooledObject object, Position from) throws IOException {
    try {
      return SpooledObject.write(
          files,
          identity(object.index().identity().pageSize(), from),
          object.end().txid(),
          new SegmentRest(files, object, from));
    } catch (LostContinuityException e) {
      throw new AssertionError(e);
    }
  }

  /// Drops what lies up to a position that is stored, and is on record as stored.
  void dropUpTo(Position stored) throws IOException {
    if (cut.isPresent()) {
      files.delete(cut.get());
      cut = Optional.empty();
    }
    while (!closed.isEmpty() && closed.getFirst().end().txid().compareTo(stored.txid()) <= 0) {
      files.delete(closed.getFirst().file());
      closed.removeFirst();
    }
  }
}
