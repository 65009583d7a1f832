package dev.tidemark.restore;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.Findings;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.PageSums;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Walks one listing from the oldest state to the head with the page checksums in hand.
///
/// Wherever it stands at a position from which merged files lead on, or of which there are
/// snapshots, it checks those; then it steps on, below the boundary by the shortest merged file,
/// above it by the segments. Where the way is broken it looks for another cover of the position
/// behind the gap. What is lost follows from what was found, when all of it was read.
final class VerifyWalk {
  private final ObjectStore store;
  private final Chain chain;
  private final int parallelism;
  private final ReadListener listener;
  private final VerifyReport report;
  private final Pins pins;
  private final Covers covers;
  private final ProvenPages pages;
  private final Map<ObjectKey, String> damage = new LinkedHashMap<>();
  private final List<Segments.Segment> segments = new ArrayList<>();

  /// Positions with these numbers are of interest to something else than their segment.
  private final Set<Txid> marks;

  VerifyWalk(
      ObjectStore store,
      Chain chain,
      Path scratch,
      int parallelism,
      ReadListener listener,
      Pins pins,
      VerifyReport report) {
    this.store = store;
    this.chain = chain;
    this.parallelism = parallelism;
    this.listener = listener;
    this.pins = pins;
    this.report = report;
    this.covers = new Covers();
    this.pages = new ProvenPages(new PageSums(scratch));
    this.marks = new HashSet<>(pins.txids());
  }

  /// Answers the head, if it can be told.
  Optional<Position> run(Optional<LivePages> live)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    try (pages) {
      damage.putAll(covers.read(store, chain));
      marks.addAll(covers.marks());
      below();
      slots();
      Optional<Position> head =
          segments.isEmpty() ? Optional.of(Position.START) : segments.getLast().end();
      Optional<String> difference =
          live.isPresent() && head.isPresent()
              ? difference(live.get(), head.get())
              : Optional.empty();
      for (Chain.Item cover : covers.left()) {
        remaining(cover);
      }
      judge();
      difference.ifPresent(it -> report.problem(ObjectKey.LOG, it));
      return head;
    }
  }

  private void judge() throws StoreException, InterruptedException {
    Segments found = new Segments(segments);
    CoverProblems coverProblems = new CoverProblems(chain, covers, found);
    for (Chain.Item cover : chain.covers()) {
      damaged(cover.key()).ifPresent(it -> coverProblems.damaged(cover.key(), it));
    }
    Reach reach = coverProblems.reach();
    Losses losses = new Losses(reach, report);
    losses.tell(chain, found);
    coverProblems.tell(reach, coverProblems.isAnyBeyond() && hasGrown(), report);
    pins.tell(chain, reach, losses, report);
  }

  /// Covers are listed after the segments, so they may be of later ones.
  private boolean hasGrown() throws StoreException, InterruptedException {
    String last = segments.getLast().key().text();
    return !store.list(ObjectKey.LOG, last).objects().isEmpty();
  }

  private Optional<String> damaged(ObjectKey key) {
    return Optional.ofNullable(damage.get(key));
  }

  private void below()
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    for (Position start : covers.starts()) {
      if (start.txid().compareTo(chain.start().txid()) >= 0) {
        break;
      }
      if (moveTo(start)) {
        snapshots(start);
        List<Chain.Item> merged = covers.takeFrom(start);
        for (Chain.Item item : merged.subList(1, merged.size())) {
          sideways(item);
        }
        forward(merged.getFirst());
      }
    }
    moveTo(chain.start());
  }

  private void slots()
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    try (ObjectScan scan =
        new ObjectScan(
            store, chain.database().databaseId(), chain.slots(), parallelism, listener)) {
      for (Chain.Item item : chain.slots()) {
        Position start = ((ObjectKey.Slot) item.key()).start();
        // Behind a gap only a cover leads to where a segment begins.
        if (!covers.endAt(start) || !moveTo(start)) {
          leave(start);
        }
        attached(start);
        segments.add(slot(scan, item));
      }
    }
    if (!segments.isEmpty() && segments.getLast().end().isPresent()) {
      attached(segments.getLast().end().get());
    }
  }

  /// The page checksums are of no use any more, unless they are of this position.
  private void leave(Position position) {
    if (!pages.at().equals(Optional.of(position))) {
      pages.forget();
    }
  }

  private Segments.Segment slot(ObjectScan scan, Chain.Item item)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    ObjectKey.Slot slot = (ObjectKey.Slot) item.key();
    try {
      IndexFrame index = scan.next(item);
      Optional<String> problem = Optional.empty();
      if (pages.at().equals(Optional.of(slot.start()))) {
        ProvenPages.Forward forward = pages.forward(index);
        scan.read(forward);
        problem = forward.end();
        problem.ifPresent(it -> damage.put(slot, it));
      } else {
        scan.read(ObjectVisitor.NONE);
      }
      return new Segments.Segment(slot, Optional.of(index.end()), marked(index), problem);
    } catch (DamagedLogException e) {
      damage.put(slot, e.reason());
      return Segments.Segment.damaged(slot, e.reason());
    }
  }

  private List<Position> marked(IndexFrame index) {
    List<Position> marked = new ArrayList<>();
    for (int i = 0; i < index.fileCount(); i++) {
      Position position = index.position(i);
      if (marks.contains(position.txid())) {
        marked.add(position);
      }
    }
    return marked;
  }

  /// Brings the page checksums to a position, by reading its cover if they are elsewhere.
  private boolean moveTo(Position position)
      throws IOException, StoreException, InterruptedException {
    if (pages.at().equals(Optional.of(position))) {
      return true;
    }
    if (position.equals(Position.START)) {
      pages.clear();
      return true;
    }
    try {
      StateRead read =
          new StateReader(store, parallelism, ReadListener.NONE)
              .read(chain, findings(), new RestoreTarget.AtTxid(position.txid()), pages.sums());
      pages.set(read.position(), read.pageSize());
      return read.position().equals(position);
    } catch (DamagedLogException | PositionNotFoundException _) {
      // What is damaged is reported where that object is read.
      pages.forget();
      return false;
    }
  }

  /// What this walk has found, and no more: a read that does not add up suspects every merged file
  /// on its way, also the sound ones.
  private Findings findings() {
    Findings findings = new Findings();
    damage.forEach(findings::damaged);
    return findings;
  }

  /// Checks what leads on from the position at which the pages stand, and other copies of it.
  private void attached(Position position)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    if (pages.at().equals(Optional.of(position))) {
      snapshots(position);
      for (Chain.Item item : covers.takeFrom(position)) {
        sideways(item);
      }
    }
  }

  private void snapshots(Position position)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    for (Chain.Item item : covers.takeSnapshots(position)) {
      try (ObjectScan scan = scan(item)) {
        ProvenPages.Same same = pages.same(scan.next(item));
        scan.read(same);
        same.end().ifPresent(it -> damage.put(item.key(), it));
      } catch (DamagedLogException e) {
        damage.put(item.key(), e.reason());
      }
    }
  }

  private void sideways(Chain.Item item)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    prove(item, pages::sideways);
  }

  private void forward(Chain.Item item)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    prove(item, pages::forward);
  }

  private void prove(Chain.Item item, Function<IndexFrame, ProvenPages.Proof> by)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    try (ObjectScan scan = scan(item)) {
      ProvenPages.Proof proof = by.apply(scan.next(item));
      scan.read(proof);
      proof.end().ifPresent(it -> damage.put(item.key(), it));
    } catch (DamagedLogException e) {
      damage.put(item.key(), e.reason());
    }
  }

  /// A cover that no step of the walk met.
  private void remaining(Chain.Item item)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    Optional<Position> start = covers.start(item.key());
    if (start.isPresent() && moveTo(start.get())) {
      sideways(item);
      return;
    }
    try (ObjectScan scan = scan(item)) {
      scan.next(item);
      scan.read(ObjectVisitor.NONE);
      start.ifPresent(it -> report.leftovers().unreached(item, it));
    } catch (DamagedLogException e) {
      damage.put(item.key(), e.reason());
    }
  }

  private ObjectScan scan(Chain.Item item) {
    return new ObjectScan(
        store, chain.database().databaseId(), List.of(item), parallelism, listener);
  }

  private Optional<String> difference(LivePages live, Position head)
      throws IOException, StoreException, InterruptedException {
    return moveTo(head)
        ? pages.differences(live).map(it -> "head " + head + ": " + it)
        : Optional.empty();
  }
}
