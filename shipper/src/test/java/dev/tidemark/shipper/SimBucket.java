package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a bucket holds, read in the simplest way there is: every transaction applied to the file
/// before it. Shares nothing with the planner and the readers that are under test but the format.
final class SimBucket {
  private static final Pattern POSITION = Pattern.compile("\"([0-9a-f]{16}/[0-9a-f]{16})\"");

  /// Objects that were read before, since they never change.
  static final class Cache {
    private final IdentityHashMap<byte[], SimObject> read = new IdentityHashMap<>();

    private SimObject read(byte[] object) throws IOException {
      SimObject found = read.get(object);
      if (found == null) {
        found = SimObject.read(object);
        read.put(object, found);
      }
      return found;
    }
  }

  /// A segment of the chain.
  record Segment(String key, SimObject object) {}

  private final SortedMap<String, byte[]> objects;
  private final Cache cache;
  private final Map<Position, byte[]> states = new LinkedHashMap<>();
  private final List<Segment> segments = new ArrayList<>();
  private int boundaries;
  private Position boundary = Position.START;
  private Position end = Position.START;
  private byte[] file = {};

  private SimBucket(SortedMap<String, byte[]> objects, Cache cache) {
    this.objects = objects;
    this.cache = cache;
  }

  /// Reads the chain from the boundary on. IOException: it is broken, or damaged.
  static SimBucket read(SortedMap<String, byte[]> objects, Cache cache) throws IOException {
    SimBucket bucket = new SimBucket(objects, cache);
    bucket.readBoundary();
    if (bucket.boundaries > 0 && !bucket.cover(bucket.boundary)) {
      throw new IOException("no cover of the boundary " + bucket.boundary);
    }
    bucket.readSegments();
    return bucket;
  }

  private void readBoundary() {
    while (objects.containsKey(BoundaryRecord.key(boundaries + 1))) {
      boundary = position(object(BoundaryRecord.key(++boundaries)));
    }
  }

  private byte[] object(String key) {
    return Objects.requireNonNull(objects.get(key), key);
  }

  private static Position position(byte[] record) {
    String text = new String(record, StandardCharsets.UTF_8);
    Matcher found = POSITION.matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException(text);
    }
    return Position.parse(found.group(1));
  }

  /// Reads the state at a position from a snapshot, or from merged files one after the other.
  private boolean cover(Position at) throws IOException {
    if (at.equals(Position.START)) {
      return true;
    }
    byte[] snapshot = objects.get(new ObjectKey.Snapshot(at.txid(), at.checksum()).text());
    if (snapshot != null) {
      file = new byte[0];
      apply(cache.read(snapshot));
      return true;
    }
    for (var object : objects.tailMap(ObjectKey.MERGED).entrySet()) {
      Optional<ObjectKey> key = ObjectKey.parse(object.getKey());
      if (key.isPresent() && key.get() instanceof ObjectKey.Merged it && it.end().equals(at)) {
        SimObject merged = cache.read(object.getValue());
        if (cover(merged.start())) {
          apply(merged);
          return true;
        }
      }
    }
    return false;
  }

  private void readSegments() throws IOException {
    Map<Long, String> slots = new TreeMap<>();
    for (String key : objects.tailMap(ObjectKey.LOG).keySet()) {
      if (key.startsWith(ObjectKey.LOG)) {
        ObjectKey.Slot slot = (ObjectKey.Slot) ObjectKey.parse(key).orElseThrow();
        long first = slot.first().value();
        if (first > boundary.txid().value() && slots.put(first, key) != null) {
          throw new IOException("two segments continue from " + slot.first().previous());
        }
      }
    }
    for (String key : slots.values()) {
      if (!key.equals(ObjectKey.Slot.after(end).text())) {
        throw new IOException("after %s comes %s".formatted(end, key));
      }
      SimObject segment = cache.read(object(key));
      segments.add(new Segment(key, segment));
      apply(segment);
    }
  }

  private void apply(SimObject object) throws IOException {
    if (!object.start().equals(Position.START) && !object.start().equals(end)) {
      throw new IOException("%s continues from %s".formatted(object.end(), object.start()));
    }
    for (SimObject.Change change : object.changes()) {
      file = change.applyTo(file);
      end = change.after();
      states.put(end, file);
    }
  }

  /// The database file after each position that is certain to be there, oldest first: that at the
  /// boundary, and those after it.
  Map<Position, byte[]> states() {
    return states;
  }

  /// The segments above the boundary, oldest first.
  List<Segment> segments() {
    return segments;
  }

  Position end() {
    return end;
  }

  Position boundary() {
    return boundary;
  }

  /// The number of the last boundary record.
  int boundaries() {
    return boundaries;
  }
}
