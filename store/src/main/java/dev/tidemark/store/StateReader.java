package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.Optional;

/// Reads one state of the database, whatever objects it takes: plans, reads, and plans again when
/// an object turns out to be gone, damaged, or not what its key made one believe. The one way to a
/// state for restores, proofs, and a shipper that has lost its page checksums.
public final class StateReader {
  public static final int PARALLELISM = 4;

  private static final int LISTINGS_MAX = 3;

  private final ObjectStore store;
  private final ReadAhead ahead;
  private final ReadListener listener;

  /// `parallelism` parts of at most 8 MiB are on their way at once.
  public StateReader(ObjectStore store, int parallelism, ReadListener listener) {
    this(store, ReadAhead.ofParts(parallelism), listener);
  }

  public StateReader(ObjectStore store, ReadAhead ahead, ReadListener listener) {
    this.store = store;
    this.ahead = ahead;
    this.listener = listener;
  }

  /// Lists the log and reads the target. When this returns, what the sink took since the last
  /// [PageSink#begin] is proven. An [IOException] is the sink's.
  public StateRead read(RestoreTarget target, PageSink sink)
      throws IOException,
          PositionNotFoundException,
          DamagedLogException,
          StoreException,
          InterruptedException {
    for (int listing = 1; ; listing++) {
      Findings findings = new Findings();
      try {
        return read(chain(), findings, target, sink);
      } catch (DamagedLogException | PositionNotFoundException e) {
        // Retention may have replaced what was listed; a new listing then shows by what.
        if (!findings.anyGone() || listing == LISTINGS_MAX) {
          throw e;
        }
        listener.replanned(String.valueOf(e.getMessage()));
      }
    }
  }

  /// Reads the target from what was listed before.
  public StateRead read(Chain chain, Findings findings, RestoreTarget target, PageSink sink)
      throws IOException,
          PositionNotFoundException,
          DamagedLogException,
          StoreException,
          InterruptedException {
    ContentsLookup lookup = ContentsLookup.of(store, chain.database().databaseId());
    Planner planner = new Planner(chain, lookup, findings);
    PlanReader reader = new PlanReader(store, chain.database().databaseId(), ahead, listener);
    Targets.Resolved resolved = new Targets(planner).resolve(target);
    while (true) {
      Plan plan = planner.plan(Position.START, resolved);
      if (plan.objects().isEmpty()) {
        throw new PositionNotFoundException("there is no state before the first transaction");
      }
      listener.planned(plan);
      try {
        return reader.read(plan, findings, sink);
      } catch (DamagedLogException e) {
        ObjectKey key = ObjectKey.parse(e.key()).orElseThrow(() -> e);
        findings.damaged(key, e.reason());
        listener.replanned(String.valueOf(e.getMessage()));
      } catch (PlanReader.BrokenPlanException e) {
        listener.replanned(String.valueOf(e.getMessage()));
      } catch (PlanReader.UnprovenException e) {
        suspect(plan, findings, String.valueOf(e.getMessage()));
        listener.replanned(String.valueOf(e.getMessage()));
      }
    }
  }

  /// Sound objects that do not add up: a transaction and a snapshot each prove themselves, a merged
  /// file does not, so it is the one that is left out.
  private static void suspect(Plan plan, Findings findings, String reason)
      throws DamagedLogException {
    Optional<ObjectKey> suspect = Optional.empty();
    for (Chain.Item item : plan.objects()) {
      if (item.key() instanceof ObjectKey.Merged) {
        suspect = Optional.of(item.key());
        findings.damaged(item.key(), reason);
      }
    }
    if (suspect.isEmpty()) {
      throw new DamagedLogException(plan.objects().getLast().key().text(), reason);
    }
  }

  private Chain chain()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    // One part at a time: somebody with little memory, who does not wait.
    Optional<Chain> chain = Chain.read(store, ahead.parts() > 1 ? Chain.REQUESTS : 1);
    if (chain.isEmpty()) {
      throw new PositionNotFoundException(
          "there is no backup: no " + DatabaseRecord.KEY + " and no segment");
    }
    return chain.get();
  }

  /// The page checksums of a state, without its pages. Close them.
  public PageSums sums(RestoreTarget target, PageSums into)
      throws IOException,
          PositionNotFoundException,
          DamagedLogException,
          StoreException,
          InterruptedException {
    Position position = read(target, into).position();
    if (!into.checksum().equals(position.checksum())) {
      throw new IllegalStateException("sums of " + position + " add up to " + into.checksum());
    }
    return into;
  }
}
