package dev.tidemark.shipper;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.testing.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a bucket holds, read in the simplest way there is: every transaction applied to the file
/// before it. Shares nothing with the planner and the readers that are under test but the format.
final class SimBucket {
  /// The database file after each position of the chain, oldest first.
  private final Map<Position, byte[]> states = new LinkedHashMap<>();

  private Position end = Position.START;
  private byte[] file = {};

  /// Reads the chain above the boundary. IOException: it is broken, or damaged.
  static SimBucket read(MemoryStore store) throws IOException {
    SimBucket log = new SimBucket();
    log.begin(store);
    Map<Long, String> slots = new TreeMap<>();
    for (String key : store.objects().tailMap(ObjectKey.LOG, true).keySet()) {
      if (key.startsWith(ObjectKey.LOG)) {
        ObjectKey.Slot slot = (ObjectKey.Slot) ObjectKey.parse(key).orElseThrow();
        long first = slot.first().value();
        if (first > log.end.txid().value() && slots.put(first, key) != null) {
          throw new IOException("two segments continue from " + slot.first().previous());
        }
      }
    }
    for (String key : slots.values()) {
      if (!key.equals(ObjectKey.Slot.after(log.end).text())) {
        throw new IOException("after %s comes %s".formatted(log.end, key));
      }
      log.apply(store.bytes(key));
    }
    return log;
  }

  /// The state at the boundary is in a snapshot.
  private void begin(MemoryStore store) throws IOException {
    Optional<String> last = Optional.empty();
    for (int n = 1; store.objects().containsKey(BoundaryRecord.key(n)); n++) {
      last = Optional.of(BoundaryRecord.key(n));
    }
    if (last.isPresent()) {
      Position at = position(store.bytes(last.get()));
      String key = new ObjectKey.Snapshot(at.txid(), at.checksum()).text();
      if (!store.objects().containsKey(key)) {
        throw new IOException("no cover of the boundary " + at);
      }
      apply(store.bytes(key));
    }
  }

  private static Position position(byte[] record) {
    String text = new String(record, StandardCharsets.UTF_8);
    Matcher found = Pattern.compile("\"([0-9a-f]{16}/[0-9a-f]{16})\"").matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException(text);
    }
    return Position.parse(found.group(1));
  }

  private void apply(byte[] object) throws IOException {
    byte[] tail =
        Arrays.copyOfRange(
            object, object.length - IndexFrame.tailBytes(object.length), object.length);
    long frame = IndexFrame.frameBytes(tail);
    IndexFrame index =
        IndexFrame.decode(
            Arrays.copyOfRange(object, (int) (object.length - frame), object.length),
            object.length);
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 1, Runnable::run)) {
      while (reader.nextFile()) {
        apply(reader.file());
        states.put(end, file);
      }
      reader.finish();
    }
  }

  private void apply(LtxReader transaction) throws IOException {
    int pageSize = transaction.header().pageSize().bytes();
    byte[] next = Arrays.copyOf(file, Math.toIntExact(transaction.header().commit() * pageSize));
    while (transaction.next()) {
      int at = Math.toIntExact((transaction.pgno() - 1) * pageSize);
      System.arraycopy(transaction.page(), 0, next, at, pageSize);
    }
    end = new Position(transaction.header().maxTxid(), transaction.finish().postApply());
    file = next;
  }

  /// The database file after each position, oldest first.
  Map<Position, byte[]> states() {
    return states;
  }

  Position end() {
    return end;
  }
}
