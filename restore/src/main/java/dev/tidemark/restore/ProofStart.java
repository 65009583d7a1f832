package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.Findings;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A state at which a proof can begin, and how many bytes it takes to read it and all that follows.
record ProofStart(Position position, long bytes) {
  /// The start of the log, and its last snapshot. Nothing before the start that is taken is proven.
  static List<ProofStart> cheapestFirst(ObjectStore store, Chain chain)
      throws StoreException, InterruptedException {
    List<ProofStart> starts = new ArrayList<>();
    starts.add(
        new ProofStart(chain.start(), bytesTo(store, chain) + bytesAfter(chain, chain.start())));
    lastSnapshot(chain).ifPresent(starts::add);
    starts.sort(Comparator.comparingLong(ProofStart::bytes));
    return starts;
  }

  void begin(ObjectStore store, Chain chain, ProofTrack track)
      throws IOException,
          DamagedLogException,
          PositionNotFoundException,
          StoreException,
          InterruptedException {
    if (position.equals(Position.START)) {
      track.clear();
      return;
    }
    track.begin(sums ->
        new StateReader(store, ReadAhead.NONE, ReadListener.NONE)
            .read(chain, new Findings(), new RestoreTarget.AtTxid(position.txid()), sums));
    if (!track.at().equals(Optional.of(position))) {
      throw new PositionNotFoundException(position + " is not what the log holds there");
    }
  }

  private static long bytesTo(ObjectStore store, Chain chain)
      throws StoreException, InterruptedException {
    if (chain.start().equals(Position.START)) {
      return 0;
    }
    try {
      return new Planner(chain, ContentsLookup.of(store, chain.database().databaseId()))
          .plan(new RestoreTarget.AtTxid(chain.start().txid()))
          .bytes();
    } catch (DamagedLogException | PositionNotFoundException _) {
      return Long.MAX_VALUE / 2;
    }
  }

  /// One at which a segment begins.
  private static Optional<ProofStart> lastSnapshot(Chain chain) {
    Optional<ProofStart> last = Optional.empty();
    for (Chain.Item item : chain.covers()) {
      if (item.key() instanceof ObjectKey.Snapshot snapshot
          && chain.slots().stream().anyMatch(slot -> begins(slot, snapshot.position()))) {
        last =
            Optional.of(
                new ProofStart(
                    snapshot.position(), item.size() + bytesAfter(chain, snapshot.position())));
      }
    }
    return last;
  }

  private static boolean begins(Chain.Item slot, Position position) {
    return ((ObjectKey.Slot) slot.key()).start().equals(position);
  }

  private static long bytesAfter(Chain chain, Position position) {
    long bytes = 0;
    for (Chain.Item slot : chain.slots()) {
      if (((ObjectKey.Slot) slot.key()).first().compareTo(position.txid()) > 0) {
        bytes += slot.size();
      }
    }
    return bytes;
  }
}
