package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The log as a listing shows it: boundary, slots above it in order, and the covers. Immutable.
public final class Chain {
  /// As many requests at once as somebody makes who waits for the answer.
  public static final int REQUESTS = 16;

  private static final int LOOKS_MAX = 3;

  /// An object with its key read, its size, and the store's time of it, on which nothing essential
  /// rests (see [Listed]).
  public record Item(ObjectKey key, long size, Instant storedAt) {
    public Item(ObjectKey key, Listed listed) {
      this(key, listed.size(), listed.storedAt());
    }

    /// One that was not listed just now.
    public Item(ObjectKey key, long size) {
      this(key, size, Listed.UNKNOWN);
    }
  }

  private final DatabaseRecord database;
  private final Optional<BoundaryRecord> boundary;
  private final List<Item> slots;
  private final List<Item> covers;
  private final List<Item> below;

  private Chain(Listing listing) {
    this.database = listing.database();
    this.boundary = listing.boundary();
    List<Item> above = new ArrayList<>();
    List<Item> under = new ArrayList<>();
    List<Item> other = new ArrayList<>();
    long floor = start().txid().value();
    for (Item item : listing.objects()) {
      switch (item.key()) {
        case ObjectKey.Slot slot -> (slot.first().value() <= floor ? under : above).add(item);
        case ObjectKey.Merged _, ObjectKey.Snapshot _ -> other.add(item);
      }
    }
    this.slots = List.copyOf(above);
    this.below = List.copyOf(under);
    this.covers = List.copyOf(other);
  }

  /// As [#read(ObjectStore, int)], one request after the other.
  public static Optional<Chain> read(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    return read(store, 1);
  }

  /// LIST log/, then the boundary, then merged/ level by level upwards, then snapshots/. That order
  /// matters; within log/, and in the search for the boundary, at most `requests` requests are made
  /// at once. Empty: no `database.json`, and nothing else either.
  public static Optional<Chain> read(ObjectStore store, int requests)
      throws StoreException, DamagedLogException, InterruptedException {
    return read(store, requests, Optional.empty());
  }

  /// The same for somebody who has seen a boundary record of this log before: it is never deleted,
  /// so that the last one is looked for from there on.
  public static Optional<Chain> read(
      ObjectStore store, int requests, Optional<BoundaryRecord> known)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Chain> chain = look(store, requests, known);
    for (int i = 1; i < LOOKS_MAX && chain.isPresent() && chain.get().isOvertaken(); i++) {
      chain = look(store, requests, chain.get().boundary());
    }
    return chain;
  }

  /// Whether the boundary may have moved between two of the requests: to a segment that was stored
  /// after the first listing, or before covers that led to where it was were deleted. Another look
  /// shows whether that is so, or something is missing.
  private boolean isOvertaken() {
    return boundary.isPresent() && (!isSlotAtStart() || !isStartCovered());
  }

  private boolean isSlotAtStart() {
    return !slots.isEmpty() && ((ObjectKey.Slot) slots.getFirst().key()).start().equals(start());
  }

  /// By the numbers of the transactions alone. A snapshot leads from nothing, and merged files on
  /// from what was reached before them.
  private boolean isStartCovered() {
    Set<Long> reached = new HashSet<>(Set.of(0L));
    List<ObjectKey.Merged> merges = new ArrayList<>();
    for (Item item : covers) {
      switch (item.key()) {
        case ObjectKey.Merged merged -> merges.add(merged);
        case ObjectKey.Snapshot snapshot -> reached.add(snapshot.txid().value());
        case ObjectKey.Slot _ -> {}
      }
    }
    merges.sort(Comparator.comparing(ObjectKey.Merged::first));
    for (ObjectKey.Merged merged : merges) {
      if (reached.contains(merged.first().value() - 1)) {
        reached.add(merged.last().value());
      }
    }
    return reached.contains(start().txid().value());
  }

  private static Optional<Chain> look(
      ObjectStore store, int requests, Optional<BoundaryRecord> known)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<DatabaseRecord> database = Records.database(store);
    List<Item> objects = new ArrayList<>(LogListing.items(store, requests));
    if (database.isEmpty()) {
      if (objects.isEmpty()) {
        return Optional.empty();
      }
      // It may have been written between the two reads, by the log's first writer.
      database = Records.database(store);
      if (database.isEmpty()) {
        throw new DamagedLogException(
            DatabaseRecord.KEY,
            "is missing, although there are segments (the first is "
                + objects.getFirst().key().text()
                + ")");
      }
    }
    Id128 databaseId = database.get().databaseId();
    Optional<BoundaryRecord> before = known.filter(it -> it.databaseId().equals(databaseId));
    int number = before.map(BoundaryRecord::number).orElse(0);
    Optional<BoundaryRecord> boundary =
        Records.boundaryAfter(store, number, databaseId, requests).or(() -> before);
    // In the order of their keys, and so level by level upwards: what takes the place of lower
    // files was there before those were deleted, and is listed after them.
    objects.addAll(Listing.items(store, ObjectKey.MERGED));
    objects.addAll(Listing.items(store, ObjectKey.SNAPSHOTS));
    return Optional.of(of(new Listing(database.get(), boundary, objects)));
  }

  /// The pure part: what a listing means.
  static Chain of(Listing listing) {
    return new Chain(listing);
  }

  public DatabaseRecord database() {
    return database;
  }

  public Optional<BoundaryRecord> boundary() {
    return boundary;
  }

  /// Where the chain begins: the boundary's position, START without one.
  public Position start() {
    return boundary.map(BoundaryRecord::position).orElse(Position.START);
  }

  /// The slots above the boundary, ascending.
  public List<Item> slots() {
    return slots;
  }

  /// Merged files by level and first transaction, then snapshots, oldest first.
  public List<Item> covers() {
    return covers;
  }

  /// Slots below the boundary: leftovers and orphans, which prove nothing.
  public List<Item> below() {
    return below;
  }

  /// The index frame of the last segment; empty if the log has no segment. Reads it.
  public Optional<IndexFrame> lastSegment(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    if (slots.isEmpty()) {
      return Optional.empty();
    }
    Item last = slots.getLast();
    Optional<IndexFrame> index = ObjectIndex.read(store, last.key().text(), last.size());
    if (index.isEmpty()) {
      throw new DamagedLogException(
          last.key().text(), "was listed and is gone; the last segment is never deleted");
    }
    ObjectIndex.check(last.key(), index.get(), database.databaseId());
    return index;
  }

  /// The last position of the log; START if there is no segment yet. Refuses (DamagedLogException)
  /// a log with a hole that the listing shows: no segment where the chain begins, none at all
  /// although there were some, or two that continue from one transaction. A hole further up shows
  /// only in the index frames, so it is found by whoever plans or reads across it.
  public Position head(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    checkListing();
    Optional<IndexFrame> last = lastSegment(store);
    return last.isEmpty() ? Position.START : last.get().end();
  }

  /// What the listing alone shows to be wrong.
  void checkListing() throws DamagedLogException {
    if (slots.isEmpty()) {
      if (boundary.isPresent() || !covers.isEmpty()) {
        throw new DamagedLogException(
            ObjectKey.Slot.after(start()).text(),
            "is missing: the log has no segment at or above its boundary " + start());
      }
      return;
    }
    ObjectKey.Slot first = (ObjectKey.Slot) slots.getFirst().key();
    if (!first.start().equals(start())) {
      throw new DamagedLogException(
          ObjectKey.Slot.after(start()).text(),
          "is missing: the log continues from "
              + start()
              + ", its first segment is "
              + first.text());
    }
    for (int i = 1; i < slots.size(); i++) {
      ObjectKey.Slot slot = (ObjectKey.Slot) slots.get(i).key();
      ObjectKey.Slot before = (ObjectKey.Slot) slots.get(i - 1).key();
      if (slot.first().equals(before.first())) {
        throw new DamagedLogException(
            slot.text(), "and " + before.text() + " both claim transaction " + slot.first());
      }
    }
  }
}
