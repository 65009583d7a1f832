package dev.tidemark.sqlite;

import java.io.IOException;
import java.lang.invoke.VarHandle;

/// The pin by OFD locks on the reader slots of the `-shm` file.
///
/// NO_RESET is a shared lock on READ(k), k in 1..4: a reset needs all four slots exclusively. If
/// the mark of that slot is unused, a checkpoint skips it when it looks how far it may go; if it is
/// a frame, checkpoints come as far as that. ONE_RESET is a shared lock on READ(0), which a
/// checkpoint needs exclusively to write to the database.
///
/// The DMS byte and the main file's SHARED range must be held for as long as the pin.
final class OfdPin implements WalPin {
  private static final int NO_SLOT = 0;

  private final OfdLocks locks;
  private final WalIndex index;
  private State state = State.RELEASED;
  private int slot = NO_SLOT;
  private boolean limitsCheckpoints;

  OfdPin(OfdLocks shmLocks, WalIndex index) {
    this.locks = shmLocks;
    this.index = index;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public boolean holdUnused() throws IOException {
    if (state == State.RELEASED) {
      slot = lockUnusedSlot();
      state = slot == NO_SLOT ? State.RELEASED : State.NO_RESET;
      limitsCheckpoints = false;
    }
    return state == State.NO_RESET;
  }

  @Override
  public boolean allowOneReset(WalIndexHeader shipped) throws IOException {
    requireHeld();
    if (state == State.ONE_RESET) {
      return true;
    }
    if (!locks.tryShared(LockBytes.read(0))) {
      return false;
    }
    VarHandle.fullFence();
    boolean unchanged =
        index.peek().filter(shipped::equals).isPresent() && index.nBackfill() == shipped.mxFrame();
    if (!unchanged) {
      locks.unlock(LockBytes.read(0));
      return false;
    }
    // A commit between the look and this line appends, since READ(k) is still held; and then
    // READ(0) keeps it from being backfilled, so that it cannot be reset away either.
    locks.unlock(LockBytes.read(slot));
    slot = NO_SLOT;
    limitsCheckpoints = false;
    state = State.ONE_RESET;
    return true;
  }

  @Override
  public boolean blockResets() throws IOException {
    requireHeld();
    if (state == State.NO_RESET) {
      return true;
    }
    int marked = lockMarkedSlot();
    int taken = marked == NO_SLOT ? lockUnusedSlot() : marked;
    if (taken == NO_SLOT) {
      return false;
    }
    slot = taken;
    limitsCheckpoints = taken == marked;
    locks.unlock(LockBytes.read(0));
    state = State.NO_RESET;
    return true;
  }

  @Override
  public boolean refresh(WalIndexHeader shipped) throws IOException {
    requireHeld();
    if (!limitsCheckpoints) {
      return true;
    }
    int unused = lockUnusedSlot();
    if (unused == NO_SLOT) {
      return false;
    }
    locks.unlock(LockBytes.read(slot));
    slot = unused;
    limitsCheckpoints = false;
    return true;
  }

  @Override
  public boolean wantsRefresh() {
    return false;
  }

  @Override
  public boolean limitsCheckpoints() {
    return limitsCheckpoints;
  }

  @Override
  public void release() throws IOException {
    if (state == State.RELEASED) {
      return;
    }
    locks.unlock(LockBytes.read(slot));
    slot = NO_SLOT;
    limitsCheckpoints = false;
    state = State.RELEASED;
  }

  // From the top, because checkpoints and most readers use slot 1.
  private int lockUnusedSlot() throws IOException {
    for (int mark = LockBytes.READ_MARKS - 1; mark >= 1; mark--) {
      if (index.isUnused(mark) && lockShared(mark)) {
        if (index.isUnused(mark)) {
          return mark;
        }
        locks.unlock(LockBytes.read(mark));
      }
    }
    return NO_SLOT;
  }

  // From the bottom, where SQLite begins to set marks after a reset.
  private int lockMarkedSlot() throws IOException {
    for (int mark = 1; mark < LockBytes.READ_MARKS; mark++) {
      if (!index.isUnused(mark) && lockShared(mark)) {
        if (!index.isUnused(mark)) {
          return mark;
        }
        locks.unlock(LockBytes.read(mark));
      }
    }
    return NO_SLOT;
  }

  // A mark cannot change while its slot is locked shared, so a look after this is final.
  private boolean lockShared(int mark) throws IOException {
    boolean locked = locks.tryShared(LockBytes.read(mark));
    VarHandle.fullFence();
    return locked;
  }

  private void requireHeld() {
    if (state == State.RELEASED) {
      throw new IllegalStateException("the pin is released");
    }
  }
}
