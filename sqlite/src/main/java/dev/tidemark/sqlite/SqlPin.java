package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
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
/// On which slot a transaction is, SQLite does not tell, and it may be one where a waiting
/// checkpoint waits for it, and keeps back the commits that would move it on:
///
/// - In the instant when a checkpoint has raised nBackfill but still holds READ(0), SQLite takes a
///   slot with a mark. The pin then counts as ONE_RESET while it blocks resets.
/// - While all slots are in use, SQLite takes one whose mark is lower than the newest frame.
/// - A checkpoint that found a slot in use waits for that slot, even when it is free in between and
///   then taken at the newest frame.
///
/// None of it loses anything. So the transaction is begun anew, a few times with growing pauses;
/// and if a checkpoint still waits, once after it has come further.
final class SqlPin implements WalPin {
  private static final int BUSY_MILLIS = 2_000;
  private static final int TRIES_MAX = 1_000;

  /// Longer than the longest sleep of SQLite's busy handler, which is 0.1 s.
  private static final long ASIDE_NANOS = 250_000_000L;

  private static final long LOOK_NANOS = 100_000L;

  private final WalIndex index;
  private final LongSupplier nanos;
  private final Settling settling = new Settling();
  private SqlConnection active;
  private SqlConnection idle;
  private State state = State.RELEASED;
  private Optional<Begun> pinned = Optional.empty();

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
        take(begun.get());
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
    Optional<Begun> begun = begin().filter(now -> now.allowsOneReset(shipped));
    if (begun.isEmpty()) {
      end(idle);
      return false;
    }
    take(begun.get());
    return true;
  }

  @Override
  public boolean blockResets() throws IOException {
    requireHeld();
    for (int i = 0; i < TRIES_MAX && state == State.ONE_RESET; i++) {
      Optional<Begun> begun = begin();
      if (begun.isPresent() && begun.get().state() == State.NO_RESET) {
        take(begun.get());
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
    if (state == State.ONE_RESET && !wantsRefresh()) {
      return true;
    }
    boolean mayBlock = state == State.NO_RESET;
    Optional<Begun> begun =
        begin()
            .filter(
                now -> now.allowsOneReset(shipped) || (mayBlock && now.state() == State.NO_RESET));
    if (begun.isPresent()) {
      take(begun.get());
      if (settling.isLate() && state == State.NO_RESET && begun.get().header().equals(shipped)) {
        unblock(shipped);
      }
      return true;
    }
    end(idle);
    if (wantsRefresh()) {
      settling.tried(nanos.getAsLong());
    }
    return !mayBlock;
  }

  @Override
  public boolean limitsCheckpoints() {
    return state == State.NO_RESET;
  }

  @Override
  public boolean wantsRefresh() {
    return settling.isDue(nanos.getAsLong());
  }

  /// Everything is captured, and checkpoints come no further for a while: runs one, or, if another
  /// one waits, stays away until it has come further. It holds back commits as long as it waits;
  /// whatever comes after that ends the absence.
  private void unblock(WalIndexHeader shipped) throws IOException {
    settling.end();
    Optional<CheckpointInfo> before = index.checkpointInfo();
    boolean isStuck =
        before.filter(info -> info.nBackfillAttempted() < shipped.mxFrame()).isPresent();
    if (!isStuck || !isCheckpointing()) {
      return;
    }
    release();
    long start = nanos.getAsLong();
    while (index.checkpointInfo().equals(before)
        && index.peek().filter(shipped::equals).isPresent()
        && nanos.getAsLong() - start < ASIDE_NANOS) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    if (!holdUnused()) {
      throw new IOException("no read transaction can be begun");
    }
  }

  /// Whether somebody else checkpoints, or waits to. Otherwise this was one.
  private boolean isCheckpointing() throws IOException {
    try {
      return idle.checkpointPassive().busy();
    } catch (UnsuitableDatabaseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// What a transaction stands for.
  private record Begun(WalIndexHeader header, State state) {
    boolean allowsOneReset(WalIndexHeader shipped) {
      return state == State.ONE_RESET && header.equals(shipped);
    }
  }

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
    boolean stayed = before.equals(after) && backfilledBefore == backfilledAfter;
    return stayed
        ? after.map(h -> new Begun(h, backfilledAfter ? State.ONE_RESET : State.NO_RESET))
        : Optional.empty();
  }

  private boolean isBackfilled(Optional<WalIndexHeader> header) {
    long backfilled = index.nBackfill();
    return header.filter(h -> h.mxFrame() == backfilled).isPresent();
  }

  /// The transaction that began on the idle connection is the pin now; the one before ends.
  private void take(Begun begun) throws IOException {
    State before = state;
    boolean again = pinned.filter(begun::equals).isPresent();
    SqlConnection ending = active;
    active = idle;
    idle = ending;
    state = begun.state();
    pinned = Optional.of(begun);
    if (begun.state() == State.NO_RESET && index.nBackfill() == begun.header().mxFrame()) {
      settling.end();
    } else if (again) {
      settling.tried(nanos.getAsLong());
    } else {
      settling.begin(nanos.getAsLong());
    }
    if (before != State.RELEASED) {
      end(idle);
    }
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
      pinned = Optional.empty();
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
