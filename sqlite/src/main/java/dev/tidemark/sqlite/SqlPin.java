package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The pin by SQL read transactions, for machines without OFD locks.
///
/// Two connections take turns: the next transaction begins before the last one ends, so there is no
/// moment without one. Which state a transaction stands for is decided by SQLite when it begins: on
/// READ(0) if the WAL is fully backfilled (ONE_RESET), else on a reader slot with a mark
/// (NO_RESET). The pin tells which from the header and nBackfill before and after: while the header
/// stays, nBackfill only grows.
///
/// Weaker than [OfdPin] in one way: in NO_RESET, checkpoints never come further than the frame that
/// was the newest when the transaction began. [#refresh] moves it.
///
/// In the instant when a checkpoint has raised nBackfill but still holds READ(0), SQLite takes a
/// slot with a mark, and nothing tells. The pin then counts as ONE_RESET while it blocks resets.
/// That loses nothing, and the next commit would end it; but a RESTART or TRUNCATE that waits for
/// the slot holds back the commits too. So in ONE_RESET the transaction is begun anew a few times,
/// on READ(0) as soon as that checkpoint is over.
final class SqlPin implements WalPin {
  private static final int BUSY_MILLIS = 2_000;
  private static final int TRIES_MAX = 1_000;

  private final WalIndex index;
  private final LongSupplier nanos;
  private final Settling settling = new Settling();
  private SqlConnection active;
  private SqlConnection idle;
  private State state = State.RELEASED;

  private SqlPin(WalIndex index, LongSupplier nanos, SqlConnection active, SqlConnection idle) {
    this.index = index;
    this.nanos = nanos;
    this.active = active;
    this.idle = idle;
  }

  static SqlPin open(Path database, WalIndex index, LongSupplier nanos)
      throws IOException, UnsuitableDatabaseException {
    SqlConnection first = SqlConnection.open(database, BUSY_MILLIS);
    try {
      return new SqlPin(index, nanos, first, SqlConnection.open(database, BUSY_MILLIS));
    } catch (IOException | UnsuitableDatabaseException e) {
      first.close();
      throw e;
    }
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public boolean holdUnused() throws IOException {
    for (int i = 0; i < TRIES_MAX && state == State.RELEASED; i++) {
      Optional<Begun> begun = begin();
      if (begun.isPresent()) {
        take(begun.get().state());
      } else {
        end(idle);
      }
    }
    return state != State.RELEASED;
  }

  @Override
  public boolean allowOneReset(WalIndexHeader shipped) throws IOException {
    requireHeld();
    if (state == State.ONE_RESET) {
      return true;
    }
    Optional<Begun> begun = begin();
    if (begun.filter(new Begun(shipped, State.ONE_RESET)::equals).isEmpty()) {
      end(idle);
      return false;
    }
    take(State.ONE_RESET);
    return true;
  }

  @Override
  public boolean blockResets() throws IOException {
    requireHeld();
    for (int i = 0; i < TRIES_MAX && state == State.ONE_RESET; i++) {
      Optional<Begun> begun = begin();
      if (begun.isPresent() && begun.get().state() == State.NO_RESET) {
        take(State.NO_RESET);
        break;
      }
      end(idle);
      if (begun.isPresent()) {
        // Nothing was committed since: SQLite offers READ(0) only.
        break;
      }
    }
    return state == State.NO_RESET;
  }

  @Override
  public boolean refresh(WalIndexHeader shipped) throws IOException {
    requireHeld();
    if (state == State.ONE_RESET) {
      settle(shipped);
      return true;
    }
    Optional<Begun> begun = begin();
    if (begun.isPresent()
        && (begun.get().state() == State.NO_RESET || begun.get().header().equals(shipped))) {
      take(begun.get().state());
      return true;
    } else {
      end(idle);
      return false;
    }
  }

  @Override
  public boolean limitsCheckpoints() {
    return state == State.NO_RESET;
  }

  @Override
  public boolean wantsRefresh() {
    return settling.isDue(nanos.getAsLong());
  }

  /// As [#allowOneReset], from ONE_RESET: from the slot where the transaction may be, to READ(0).
  private void settle(WalIndexHeader shipped) throws IOException {
    if (!wantsRefresh()) {
      return;
    }
    if (begin().filter(new Begun(shipped, State.ONE_RESET)::equals).isPresent()) {
      exchange();
    } else {
      end(idle);
    }
    settling.tried(nanos.getAsLong());
  }

  private record Begun(WalIndexHeader header, State state) {}

  /// Begins a transaction on the idle connection. Empty when the index changed meanwhile, so that
  /// nobody can say on which slot it is; it has begun all the same.
  private Optional<Begun> begin() throws IOException {
    Optional<WalIndexHeader> before = index.peek();
    boolean backfilledBefore = isBackfilled(before);
    try {
      idle.beginRead();
    } catch (UnsuitableDatabaseException e) {
      throw new IOException(e.getMessage(), e);
    }
    Optional<WalIndexHeader> after = index.peek();
    boolean backfilledAfter = isBackfilled(after);
    boolean certain = before.equals(after) && backfilledBefore == backfilledAfter;
    return certain
        ? after.map(h -> new Begun(h, backfilledAfter ? State.ONE_RESET : State.NO_RESET))
        : Optional.empty();
  }

  private boolean isBackfilled(Optional<WalIndexHeader> header) {
    long backfilled = index.nBackfill();
    return header.filter(h -> h.mxFrame() == backfilled).isPresent();
  }

  /// The transaction that began on the idle connection is the pin now; the one before ends.
  private void take(State taken) throws IOException {
    State before = state;
    state = taken;
    if (taken == State.ONE_RESET) {
      settling.begin(nanos.getAsLong());
    } else {
      settling.end();
    }
    if (before == State.RELEASED) {
      swap();
    } else {
      exchange();
    }
  }

  private void exchange() throws IOException {
    swap();
    end(idle);
  }

  private void swap() {
    SqlConnection begun = idle;
    idle = active;
    active = begun;
  }

  private static void end(SqlConnection connection) throws IOException {
    try {
      connection.endRead();
    } catch (UnsuitableDatabaseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void requireHeld() {
    if (state == State.RELEASED) {
      throw new IllegalStateException("the pin is released");
    }
  }

  @Override
  public void release() throws IOException {
    if (state != State.RELEASED) {
      state = State.RELEASED;
      settling.end();
      end(active);
    }
  }

  /// Both connections; before any descriptor of ours on the same database is closed.
  void close() throws IOException {
    try {
      release();
    } finally {
      try {
        idle.close();
      } finally {
        active.close();
      }
    }
  }
}
