package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.Findings;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreException;
import java.util.List;
import java.util.Optional;

/// Whether merged files and snapshots that are there, and not damaged, still lead to the boundary:
/// without them no segment above it can be restored.
record BoundaryCover(ObjectStore store, ProofState state) {
  List<VerifyResult.Problem> problems()
      throws StoreException, DamagedLogException, InterruptedException {
    VerifyReport report = new VerifyReport();
    if (!state.boundary.equals(Position.START)) {
      Optional<Chain> chain = Chain.read(store);
      if (chain.isPresent() && !isLedTo(chain.get())) {
        report.lost(
            BoundaryRecord.key(chain.get().boundary().map(BoundaryRecord::number).orElse(0)),
            "nothing that is stored leads to the boundary " + chain.get().start(),
            chain.get().start().txid(),
            Optional.empty());
      }
    }
    return report.problems();
  }

  private boolean isLedTo(Chain chain) throws StoreException, InterruptedException {
    Findings findings = new Findings();
    for (VerifyResult.Problem cover : state.covers) {
      ObjectKey.parse(cover.key()).ifPresent(key -> findings.damaged(key, cover.problem()));
    }
    ContentsLookup lookup = ContentsLookup.of(store, chain.database().databaseId());
    try {
      var _ =
          new Planner(chain, lookup, findings).plan(new RestoreTarget.AtTxid(chain.start().txid()));
      return true;
    } catch (DamagedLogException | PositionNotFoundException _) {
      return false;
    }
  }
}
