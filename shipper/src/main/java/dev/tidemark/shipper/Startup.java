package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.Optional;

/// The way of one database from nothing to shipping, on a thread that may wait.
///
/// A good local state is captured from at once, since the bucket may be away and the application
/// does not wait; if the bucket then says that this state does not count, capturing is taken back
/// first.
final class Startup {
  private static final long RETRY_MILLIS = 1_000;

  /// The database that starts; its methods may be called from this thread.
  interface Host {
    /// Begin to capture from the local state.
    void capture(LocalState.Opened local);

    /// Stop capturing, and let go of the local state's files.
    void takeBack();

    /// Whether a position is on the record of the state that is captured from.
    boolean isOnRecord(Position position);

    void storeProblem(String reason);
  }

  private final Opening opening;
  private final boolean takingOver;
  private final Host host;
  private final Context.Sleep sleep;

  Startup(Opening opening, boolean takingOver, Host host, Context.Sleep sleep) {
    this.opening = opening;
    this.takingOver = takingOver;
    this.host = host;
    this.sleep = sleep;
  }

  Opening.Decided run()
      throws IOException,
          StoreException,
          DamagedLogException,
          FencedException,
          UnsuitableDatabaseException,
          InterruptedException {
    Optional<LocalState.Opened> local = opening.local();
    if (local.isEmpty() || !local.get().tableFits() || takingOver) {
      return opening.carryOut(look(local), local);
    }
    host.capture(local.get());
    Opening.Verdict verdict = lookUntilAnswered(local.get().record());
    if (verdict.leavesLocalState()) {
      return carryOut(verdict, local.get());
    }
    host.takeBack();
    Optional<LocalState.Opened> again = opening.local();
    return opening.carryOut(look(again), again);
  }

  private Opening.Verdict look(Optional<LocalState.Opened> local)
      throws StoreException, DamagedLogException, FencedException, InterruptedException {
    return opening.look(
        local.map(LocalState.Opened::record),
        position ->
            local.isPresent()
                && (local.get().record().stored().equals(position)
                    || local.get().spool().has(position)));
  }

  /// While the local state captures, an unreachable store is an outage to sit out; without one it
  /// is the end.
  private Opening.Verdict lookUntilAnswered(LocalRecord record)
      throws StoreException, DamagedLogException, FencedException, InterruptedException {
    while (true) {
      try {
        return opening.look(Optional.of(record), host::isOnRecord);
      } catch (StoreException e) {
        sitOut(e);
      }
    }
  }

  private Opening.Decided carryOut(Opening.Verdict verdict, LocalState.Opened local)
      throws IOException,
          StoreException,
          DamagedLogException,
          FencedException,
          UnsuitableDatabaseException,
          InterruptedException {
    while (true) {
      try {
        return opening.carryOut(verdict, Optional.of(local));
      } catch (StoreException e) {
        sitOut(e);
      }
    }
  }

  private void sitOut(StoreException e) throws StoreException, InterruptedException {
    if (e.kind() == StoreException.Kind.REFUSED) {
      throw e;
    }
    host.storeProblem(String.valueOf(e.getMessage()));
    sleep.sleep(RETRY_MILLIS);
  }
}
