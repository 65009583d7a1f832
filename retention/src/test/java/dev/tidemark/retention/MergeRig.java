package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// A random history, objects of it, and merges of those.
final class MergeRig {
  static final Id128 DATABASE = new Id128(0xabc, 0xdef);

  final Random random;
  final PageHistory history;
  final MemoryStore store = new MemoryStore();
  final LogBuilder builder;
  private final Path scratch;

  MergeRig(long seed, int pageBytes, int transactions, Path scratch) {
    this.random = new Random(seed);
    this.history = PageHistory.random(new PageSize(pageBytes), random, transactions, 24);
    this.builder = new LogBuilder(store, DATABASE, history);
    this.scratch = scratch;
  }

  Chain.Item item(ObjectKey key) {
    return new Chain.Item(key, store.bytes(key.text()).length);
  }

  Chain.Item segment(int first, int last) throws Exception {
    return item(builder.segment(first, last));
  }

  Chain.Item merged(int level, int first, int last) throws Exception {
    return item(builder.merged(level, first, last));
  }

  Chain.Item snapshot(int txid) throws Exception {
    return item(builder.snapshot(txid));
  }

  /// Random objects that lead from `first` to `last`; what begins the log may be a snapshot.
  List<Chain.Item> anything(int first, int last) throws Exception {
    List<Chain.Item> items = new ArrayList<>();
    for (int from = first; from <= last; ) {
      int to = Math.min(last, from + random.nextInt(8));
      items.add(
          switch (random.nextInt(from == 1 ? 5 : 3)) {
            case 0 -> merged(1 + random.nextInt(3), from, to);
            case 3 -> snapshot(to);
            case 4 -> item(builder.snapshotSlot(to));
            default -> segment(from, to);
          });
      from = to + 1;
    }
    return items;
  }

  /// Segments of one to eight transactions.
  List<Chain.Item> segments(int first, int last) throws Exception {
    List<Chain.Item> items = new ArrayList<>();
    for (int from = first; from <= last; ) {
      int to = Math.min(last, from + random.nextInt(8));
      items.add(segment(from, to));
      from = to + 1;
    }
    return items;
  }

  MergeJob job(ObjectStore from, MergeLimits limits) {
    return new MergeJob(from, DATABASE, scratch, limits, ReadListener.NONE);
  }

  byte[] merge(int level, List<Chain.Item> inputs, MergeLimits limits) throws Exception {
    return merge(level, inputs, Optional.empty(), limits);
  }

  byte[] merge(int level, List<Chain.Item> inputs, Optional<Position> cut, MergeLimits limits)
      throws Exception {
    try (MergedObject merged = job(store, limits).merge(level, inputs, cut)) {
      return bytes(merged);
    }
  }

  static byte[] bytes(MergedObject merged) throws IOException {
    try (InputStream in = merged.body().open()) {
      return in.readAllBytes();
    }
  }

  /// What the history says a merge is, to the byte.
  byte[] expected(int level, int first, int last) throws Exception {
    MemoryStore other = new MemoryStore();
    LogBuilder oracle = new LogBuilder(other, DATABASE, history);
    ObjectKey key =
        level == MergeJob.SNAPSHOT_LEVEL
            ? oracle.snapshot(last)
            : oracle.merged(level, first, last);
    return other.bytes(key.text());
  }

  /// The database file after an object was applied to one.
  byte[] applied(byte[] file, byte[] object) throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    int pageBytes = history.pageSize().bytes();
    byte[] after = Arrays.copyOf(file, Math.toIntExact(index.file(0).databasePages() * pageBytes));
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 0, Runnable::run)) {
      reader.nextFile();
      while (reader.file().next()) {
        int at = Math.toIntExact(history.pageSize().offsetOf(reader.file().pgno()));
        System.arraycopy(reader.file().page(), 0, after, at, pageBytes);
      }
      reader.finish();
    }
    return after;
  }

  /// Files of merges that this process has open, with a name or without.
  static List<String> openScratch() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .map(MergeRig::target)
          .filter(target -> target.contains(".scratch"))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException _) {
      // It was that of the listing itself.
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
