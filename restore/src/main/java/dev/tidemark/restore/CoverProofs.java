package dev.tidemark.restore;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.Findings;
import dev.tidemark.store.JsonObject;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Proves merged files and snapshots once, when they appear. A snapshot has all pages, so they must
/// add up to the checksum in its key. Merged files of one level follow each other: a track for each
/// level stands where the last one ended, so a further one costs its own bytes only. What either
/// leads to must be a position of the log.
///
/// What was proven, and what was found damaged, is remembered in `covers.json`.
final class CoverProofs {
  private static final Duration LOOK_AGAIN = Duration.ofDays(1);

  /// A cover as it was found; no problem: it is proven.
  private record Known(long size, Instant at, Optional<String> problem) {}

  private final ObjectStore store;
  private final Id128 databaseId;
  private final Path folder;
  private final ProofState state;
  private final ProvenObjects objects;
  private final SmallFile file;
  private final Map<String, Known> known = new TreeMap<>();
  private final Map<String, Known> found = new TreeMap<>();

  CoverProofs(ObjectStore store, Path folder, ProofState state, ProvenObjects objects)
      throws IOException {
    this.store = store;
    this.databaseId = state.databaseId.orElseThrow();
    this.folder = folder;
    this.state = state;
    this.objects = objects;
    this.file = new SmallFile(folder.resolve("covers.json"));
    file.read().ifPresent(this::remember);
  }

  private void remember(JsonObject json) {
    for (Object element : json.list("covers")) {
      if (element instanceof JsonObject cover) {
        known.put(
            cover.string("key").orElse(""),
            new Known(
                cover.number("size").orElse(-1),
                Instant.ofEpochMilli(cover.number("at").orElse(0)),
                cover.string("problem")));
      }
    }
  }

  /// Proves what is new; answers what is wrong with any.
  List<VerifyResult.Problem> run(Instant now)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    for (String prefix : List.of(ObjectKey.MERGED, ObjectKey.SNAPSHOTS)) {
      String after = "";
      for (boolean isMore = true; isMore; ) {
        ListPage page = store.list(prefix, after);
        isMore = page.more() && !page.objects().isEmpty();
        for (Listed listed : page.objects()) {
          after = listed.key();
          Optional<ObjectKey> key = ObjectKey.parse(listed.key());
          if (key.isPresent()) {
            look(new Chain.Item(key.get(), listed), now);
          }
        }
      }
    }
    if (!known.equals(found)) {
      write();
    }
    VerifyReport report = new VerifyReport();
    found.forEach(
        (key, cover) -> cover.problem().ifPresent(problem -> report.problem(key, problem)));
    return report.problems();
  }

  private void look(Chain.Item item, Instant now)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    String key = item.key().text();
    Optional<Known> before =
        Optional.ofNullable(known.get(key))
            .filter(cover -> cover.size() == item.size())
            .filter(
                cover -> cover.problem().isEmpty() || now.isBefore(cover.at().plus(LOOK_AGAIN)));
    if (before.isPresent()) {
      found.put(key, before.get());
    } else if (Covers.end(item.key()).txid().compareTo(state.reached.orElseThrow().txid()) <= 0) {
      Optional<String> problem;
      try {
        problem = prove(item);
      } catch (DamagedLogException e) {
        problem = Optional.of(e.reason());
      }
      found.put(key, new Known(item.size(), now, problem));
    }
  }

  private Optional<String> prove(Chain.Item item)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    Optional<String> problem;
    try (ObjectScan scan =
        new ObjectScan(store, databaseId, List.of(item), ReadAhead.NONE, ReadListener.NONE)) {
      IndexFrame index = scan.next(item);
      if (item.key() instanceof ObjectKey.Merged merged) {
        problem = merged(merged, scan, index);
      } else {
        Whole whole = new Whole(index);
        scan.read(whole);
        problem = whole.problem();
      }
    }
    Position end = Covers.end(item.key());
    return problem.isPresent() || isInLog(end)
        ? problem
        : Optional.of("holds " + end + ", which is not in the log");
  }

  private Optional<String> merged(ObjectKey.Merged merged, ObjectScan scan, IndexFrame index)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    try (ProofTrack track = ProofTrack.open(folder, "merged-" + merged.level())) {
      if (track.at().equals(Optional.of(index.start())) || isMovedTo(track, index.start())) {
        return track.step(scan, index);
      }
    }
    // Nothing leads to where it begins, so nothing is restored through it; it is only a leftover.
    scan.read(ObjectVisitor.NONE);
    return Optional.empty();
  }

  private boolean isMovedTo(ProofTrack track, Position start)
      throws IOException, StoreException, InterruptedException {
    if (start.equals(Position.START)) {
      track.clear();
      return true;
    }
    try {
      Optional<Chain> chain = Chain.read(store);
      if (chain.isEmpty()) {
        return false;
      }
      track.begin(sums ->
          new StateReader(store, ReadAhead.NONE, ReadListener.NONE)
              .read(chain.get(), new Findings(), new RestoreTarget.AtTxid(start.txid()), sums));
      return track.at().equals(Optional.of(start));
    } catch (DamagedLogException | PositionNotFoundException _) {
      return false;
    }
  }

  /// Whether a position is one of the log's, as far as that is known: what lies before the proof
  /// began is not, nor what lies in a segment that cannot be read any more.
  private boolean isInLog(Position position)
      throws IOException, StoreException, InterruptedException {
    if (state.reached.equals(Optional.of(position))
        || position.txid().compareTo(state.from.txid()) <= 0
        || position.txid().compareTo(state.boundary.txid()) <= 0) {
      return true;
    }
    long holder = objects.upTo(position.txid()) - 1;
    if (objects.isRow(holder + 1) && objects.row(holder + 1).slot().start().equals(position)) {
      return true;
    }
    return holder < 0 || isIn(objects.row(holder).slot(), position);
  }

  private boolean isIn(ObjectKey.Slot slot, Position position)
      throws StoreException, InterruptedException {
    try {
      Optional<IndexFrame> index = ObjectIndex.read(store, slot.text());
      boolean isIn = index.isEmpty();
      for (int i = 0; !isIn && i < index.get().fileCount(); i++) {
        isIn = index.get().position(i).equals(position);
      }
      return isIn;
    } catch (DamagedLogException _) {
      // That is told of the segment, and is no fault of what ends inside it.
      return true;
    }
  }

  private void write() throws IOException {
    List<JsonObject> covers = new ArrayList<>();
    found.forEach((key, cover) ->
        covers.add(
            new JsonObject()
                .put("key", key)
                .put("size", cover.size())
                .put("at", cover.at().toEpochMilli())
                .put("problem", cover.problem())));
    file.write(new JsonObject().put("covers", covers));
  }

  /// Adds up all pages of a state.
  private static final class Whole implements ObjectVisitor {
    private final IndexFrame index;
    private long xor;
    private long count;

    Whole(IndexFrame index) {
      this.index = index;
    }

    @Override
    public boolean beginFile(int i) {
      return true;
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) {
      xor ^= checksum;
      count++;
    }

    Optional<String> problem() {
      long pages = index.identity().pageSize().dataPages(index.file(0).databasePages());
      if (count != pages) {
        return Optional.of("has %d pages of %d".formatted(count, pages));
      }
      Checksum found = Checksum.ofXor(xor);
      return found.equals(index.after())
          ? Optional.empty()
          : Optional.of("the pages add up to %s at %s".formatted(found, index.end()));
    }
  }
}
