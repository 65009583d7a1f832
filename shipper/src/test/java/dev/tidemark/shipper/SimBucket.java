package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final Map<String, SimObject> covers = new TreeMap<>();
  private final Map<Position, SimObject> nodes = new HashMap<>();
  private final List<Position> boundaries = new ArrayList<>();
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
    bucket.readCovers();
    bucket.cover(bucket.boundary);
    bucket.readSegments();
    return bucket;
  }

  private void readBoundary() {
    while (objects.containsKey(BoundaryRecord.key(boundaries.size() + 1))) {
      boundary = position(object(BoundaryRecord.key(boundaries.size() + 1)));
      boundaries.add(boundary);
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

  /// Reads all covers, and finds out where they lead.
  private void readCovers() throws IOException {
    for (String prefix : List.of(ObjectKey.MERGED, ObjectKey.SNAPSHOTS)) {
      for (var object : objects.tailMap(prefix).entrySet()) {
        if (!object.getKey().startsWith(prefix)) {
          break;
        }
        if (ObjectKey.parse(object.getKey()).isPresent()) {
          covers.put(object.getKey(), cache.read(object.getValue()));
        }
      }
    }
    List<SimObject> oldestFirst = new ArrayList<>(covers.values());
    oldestFirst.sort(Comparator.comparing(cover -> cover.start().txid()));
    for (SimObject cover : oldestFirst) {
      if (cover.start().equals(Position.START) || nodes.containsKey(cover.start())) {
        nodes.putIfAbsent(cover.end(), cover);
      }
    }
  }

  /// Reads the state at a position that covers lead to.
  private void cover(Position at) throws IOException {
    Deque<SimObject> way = new ArrayDeque<>();
    for (Position on = at; !on.equals(Position.START); on = way.getFirst().start()) {
      SimObject last = nodes.get(on);
      if (last == null) {
        throw new IOException("no cover of the boundary " + at);
      }
      way.addFirst(last);
    }
    for (SimObject cover : way) {
      apply(cover);
    }
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

  /// All merged files and snapshots, by key.
  Map<String, SimObject> covers() {
    return covers;
  }

  /// The positions that covers alone lead to, each with the last cover on the way.
  Map<Position, SimObject> nodes() {
    return nodes;
  }

  Position end() {
    return end;
  }

  Position boundary() {
    return boundary;
  }

  /// The positions of all boundary records, oldest first.
  List<Position> boundaries() {
    return boundaries;
  }
}
