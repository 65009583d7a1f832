package dev.tidemark.restore;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.BoundaryRecord;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Walks one listing from the oldest state to the head with the page checksums in hand.
///
/// Wherever it stands at a position from which merged files lead on, or of which there are
/// snapshots, it checks those; then it steps on, below the boundary by the shortest merged file,
/// above it by the segments. Where the way is broken it looks for another cover of the position
/// behind the gap.
final class VerifyWalk {
  private final ObjectStore store;
  private final Chain chain;
  private final int parallelism;
  private final ReadListener listener;
  private final VerifyReport report;
  private final Covers covers;
  private final ProvenPages pages;
  private final Findings findings = new Findings();

  VerifyWalk(
      ObjectStore store,
      Chain chain,
      Path scratch,
      int parallelism,
      ReadListener listener,
      VerifyReport report) {
    this.store = store;
    this.chain = chain;
    this.parallelism = parallelism;
    this.listener = listener;
    this.report = report;
    this.covers = new Covers();
    this.pages = new ProvenPages(new PageSums(scratch));
  }

  /// Answers the head, if it can be told.
  Optional<Position> run(Optional<LivePages> live)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    try (pages) {
      covers.read(store, chain, report);
      below();
      Optional<Position> head = slots();
      if (live.isPresent() && head.isPresent()) {
        compare(live.get(), head.get());
      }
      for (Chain.Item cover : covers.left()) {
        remaining(cover, head);
      }
      return head;
    }
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
    if (!chain.start().equals(Position.START) && !moveTo(chain.start())) {
      report.lost(
          BoundaryRecord.key(chain.boundary().orElseThrow().number()),
          "nothing that is stored leads to the boundary " + chain.start(),
          chain.start().txid(),
          Optional.empty());
    }
  }

  private Optional<Position> slots()
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    Position expected = chain.start();
    Optional<Position> end =
        chain.slots().isEmpty() ? Optional.of(Position.START) : Optional.empty();
    try (ObjectScan scan =
        new ObjectScan(
            store, chain.database().databaseId(), chain.slots(), parallelism, listener)) {
      for (int i = 0; i < chain.slots().size(); i++) {
        Chain.Item item = chain.slots().get(i);
        ObjectKey.Slot slot = (ObjectKey.Slot) item.key();
        checkReached(slot, expected);
        if (!moveTo(slot.start())) {
          pages.forget();
        }
        attached(slot.start());
        end = slot(scan, item, i);
        expected = end.orElse(nextStart(i).orElse(slot.start()));
      }
    }
    if (end.isPresent() && pages.at().equals(end)) {
      attached(end.get());
    }
    return end;
  }

  private void checkReached(ObjectKey.Slot slot, Position expected) {
    if (slot.start().equals(expected)) {
      return;
    }
    if (slot.first().compareTo(expected.txid().next()) <= 0) {
      report.lost(
          slot.text(),
          "is not reached: the log goes on from " + expected,
          slot.first(),
          Optional.empty());
    } else {
      report.lost(
          ObjectKey.Slot.after(expected).text(),
          "is missing",
          expected.txid().next(),
          Optional.of(slot.first()));
    }
  }

  /// Reads one segment and answers its end.
  private Optional<Position> slot(ObjectScan scan, Chain.Item item, int i)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    ObjectKey.Slot slot = (ObjectKey.Slot) item.key();
    Optional<Txid> next = nextStart(i).map(start -> start.txid().next());
    try {
      IndexFrame index = scan.next(item);
      if (pages.at().equals(Optional.of(slot.start()))) {
        ProvenPages.Forward forward = pages.forward(index);
        scan.read(forward);
        forward.end().ifPresent(p -> report.lost(slot.text(), p, slot.first(), Optional.empty()));
      } else {
        scan.read(ObjectVisitor.NONE);
      }
      return Optional.of(index.end());
    } catch (DamagedLogException e) {
      damaged(item, e);
      report.lost(slot.text(), e.reason(), slot.first(), next);
      return Optional.empty();
    }
  }

  private Optional<Position> nextStart(int i) {
    return i + 1 < chain.slots().size()
        ? Optional.of(((ObjectKey.Slot) chain.slots().get(i + 1).key()).start())
        : Optional.empty();
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
              .read(chain, findings, new RestoreTarget.AtTxid(position.txid()), pages.sums());
      pages.set(read.position(), read.pageSize());
      return read.position().equals(position);
    } catch (DamagedLogException | PositionNotFoundException _) {
      // What is damaged is reported where that object is read.
      pages.forget();
      return false;
    }
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
        same.end().ifPresent(p -> report.problem(item.key().text(), p));
      } catch (DamagedLogException e) {
        damagedCover(item, e);
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
      proof.end().ifPresent(p -> unproven(item, p));
    } catch (DamagedLogException e) {
      damagedCover(item, e);
    }
  }

  /// A cover that no step of the walk met.
  private void remaining(Chain.Item item, Optional<Position> head)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    Optional<Position> start = covers.start(item);
    if (start.isPresent() && moveTo(start.get())) {
      sideways(item);
      return;
    }
    try (ObjectScan scan = scan(item)) {
      IndexFrame index = scan.next(item);
      scan.read(ObjectVisitor.NONE);
      boolean isAbove = index.end().txid().compareTo(chain.start().txid()) > 0;
      if (start.isPresent()) {
        report.leftovers().unreached(item, start.get());
      } else if (isAbove && head.isPresent() && !moveTo(index.end())) {
        report.problem(item.key().text(), "holds " + index.end() + ", which is not in the log");
      }
    } catch (DamagedLogException e) {
      damagedCover(item, e);
    }
  }

  private void unproven(Chain.Item item, String problem) {
    findings.damaged(item.key(), problem);
    report.problem(item.key().text(), problem);
  }

  private void damagedCover(Chain.Item item, DamagedLogException e) {
    damaged(item, e);
    report.problem(item.key().text(), e.reason());
  }

  private void damaged(Chain.Item item, DamagedLogException e) {
    findings.damaged(item.key(), e.reason());
  }

  private ObjectScan scan(Chain.Item item) {
    return new ObjectScan(
        store, chain.database().databaseId(), List.of(item), parallelism, listener);
  }

  private void compare(LivePages live, Position head)
      throws IOException, StoreException, InterruptedException {
    if (!moveTo(head)) {
      return;
    }
    pages
        .differences(live)
        .ifPresent(p -> report.problem(ObjectKey.LOG, "head " + head + ": " + p));
  }
}
