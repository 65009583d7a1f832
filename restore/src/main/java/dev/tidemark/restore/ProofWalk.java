package dev.tidemark.restore;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One turn of a prover along the segments that are new. It stops at the first one that cannot be
/// had: what lies behind it cannot be proven without it.
final class ProofWalk {
  /// So that other databases have their turn.
  private static final long TURN_BYTES = 64L << 20;

  /// Hears how far the walk is.
  interface Progress {
    void advanced(Position position);

    /// Keeps the state for a later process.
    void save() throws IOException;
  }

  private enum Step {
    DONE,
    STOPPED
  }

  private final ObjectStore store;
  private final ProofState state;
  private final Id128 databaseId;
  private final ProofTrack track;
  private final ProvenObjects objects;
  private final Progress progress;
  private final VerifyReport report = new VerifyReport();
  private final VerifyReport strays = new VerifyReport();
  private long bytes;

  ProofWalk(
      ObjectStore store,
      ProofState state,
      ProofTrack track,
      ProvenObjects objects,
      Progress progress) {
    this.store = store;
    this.state = state;
    this.databaseId = state.databaseId.orElseThrow();
    this.track = track;
    this.objects = objects;
    this.progress = progress;
  }

  List<VerifyResult.Problem> problems() {
    return report.problems();
  }

  /// Segments that the log does not lead to, and goes on without.
  List<VerifyResult.Problem> strays() {
    return strays.problems();
  }

  /// True if the turn is over and the log goes on.
  boolean run(Position stored)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    // What was proven of another log, or of a state that is lost, is no beginning.
    if ((state.reached.isEmpty() || track.at().isEmpty()) && !hasBegun()) {
      return false;
    }
    while (bytes < TURN_BYTES) {
      Position at = track.at().orElseThrow();
      // All that sorts behind the proven position, in order.
      ListPage page = store.list(ObjectKey.LOG, ObjectKey.LOG + at.txid().next());
      Records.boundaryAfter(store, state.boundaryNumber, databaseId).ifPresent(state::boundary);
      if (at.txid().compareTo(state.boundary.txid()) < 0) {
        // Slots that were not proven yet may be gone.
        if (!hasBegun()) {
          return false;
        }
      } else if (steps(slots(page)) == Step.STOPPED) {
        return false;
      } else if (bytes < TURN_BYTES && (!page.more() || track.at().equals(Optional.of(at)))) {
        checkEnd(track.at().orElseThrow(), stored);
        return false;
      }
    }
    return true;
  }

  private static List<Chain.Item> slots(ListPage page) {
    List<Chain.Item> items = new ArrayList<>();
    for (Listed listed : page.objects()) {
      ObjectKey.parse(listed.key()).ifPresent(key -> items.add(new Chain.Item(key, listed)));
    }
    return items;
  }

  /// Begins at the cheapest state from which the log goes on.
  private boolean hasBegun()
      throws IOException, StoreException, DamagedLogException, InterruptedException {
    Chain chain =
        Chain.read(store)
            .orElseThrow(() -> new DamagedLogException(ObjectKey.LOG, "there is no segment"));
    chain.boundary().ifPresent(state::boundary);
    state.reached = Optional.empty();
    progress.save();
    for (ProofStart start : ProofStart.cheapestFirst(store, chain)) {
      try {
        start.begin(store, chain, track);
        objects.clear();
        state.from = start.position();
        state.swept = List.of();
        state.lost = List.of();
        progress.advanced(start.position());
        progress.save();
        return true;
      } catch (DamagedLogException | PositionNotFoundException _) {
        // Whatever is wrong with a cover is told where it is proven by itself.
      }
    }
    report.lost(
        BoundaryRecord.key(state.boundaryNumber),
        "nothing that is stored leads to the boundary " + state.boundary,
        state.boundary.txid(),
        Optional.empty());
    return false;
  }

  private Step steps(List<Chain.Item> items)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    try (ObjectScan scan =
        new ObjectScan(store, databaseId, items, ReadAhead.NONE, ReadListener.NONE)) {
      for (int i = 0; i < items.size() && bytes < TURN_BYTES; i++) {
        Chain.Item item = items.get(i);
        ObjectKey.Slot slot = (ObjectKey.Slot) item.key();
        Position at = track.at().orElseThrow();
        if (slot.start().equals(at)) {
          Optional<Txid> next =
              i + 1 < items.size()
                  ? Optional.of(((ObjectKey.Slot) items.get(i + 1).key()).first())
                  : Optional.empty();
          if (step(scan, item, slot, next) == Step.STOPPED) {
            return Step.STOPPED;
          }
        } else if (slot.first().compareTo(at.txid().next()) > 0) {
          missing(at, "is missing", slot.first());
          return Step.STOPPED;
        } else {
          strays.lost(slot.text(), Losses.STRAY + at, slot.first(), Optional.empty());
        }
      }
    }
    return Step.DONE;
  }

  private Step step(ObjectScan scan, Chain.Item item, ObjectKey.Slot slot, Optional<Txid> next)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    boolean isProven = false;
    boolean isNoted = false;
    try {
      IndexFrame index = scan.next(item);
      bytes += item.size();
      // Before the step: a row beyond the proven position does not count.
      objects.add(ProvenObjects.Row.of(slot, item.size(), index));
      isNoted = true;
      Optional<String> problem = track.step(scan, index);
      if (problem.isEmpty()) {
        isProven = true;
        progress.advanced(index.end());
        return Step.DONE;
      }
      // If the local checksums were damaged, they are gone now, and the log is proven anew.
      if (track.at().isPresent()) {
        report.lost(slot.text(), problem.get(), slot.first(), Optional.empty());
      }
    } catch (DamagedLogException e) {
      report.lost(slot.text(), e.reason(), slot.first(), next);
    } finally {
      if (isNoted && !isProven) {
        objects.removeLast();
      }
    }
    return Step.STOPPED;
  }

  /// The listing ends where the proof stands; so must the log, with what was stored.
  private void checkEnd(Position at, Position stored) throws StoreException, InterruptedException {
    if (at.txid().compareTo(stored.txid()) < 0) {
      missing(at, "is missing, although it was stored", stored.txid().next());
    } else if (at.txid().equals(stored.txid()) && !at.equals(stored)) {
      report.lost(
          ObjectKey.LOG,
          "holds " + at + " where " + stored + " was stored",
          stored.txid(),
          Optional.empty());
    }
  }

  /// A listing may be late, so the segment is asked for.
  private void missing(Position at, String problem, Txid next)
      throws StoreException, InterruptedException {
    ObjectKey.Slot slot = ObjectKey.Slot.after(at);
    if (store.head(slot.text()).isEmpty()) {
      report.lost(slot.text(), problem, slot.first(), Optional.of(next));
    }
  }
}
