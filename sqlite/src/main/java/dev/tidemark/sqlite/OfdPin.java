package dev.tidemark.sqlite;

import java.io.IOException;
import java.lang.invoke.VarHandle;

/// The pin by OFD locks on the reader slots of the `-shm` file.
///
/// NO_RESET is a shared lock on READ(k), k in 1..4, whose mark is unused: a checkpoint skips unused
/// marks when it looks how far it may go, but a reset needs all four slots exclusively. ONE_RESET
/// is a shared lock on READ(0), which a checkpoint needs exclusively to write to the database.
///
/// The DMS byte and the main file's SHARED range must be held for as long as the pin.
final class OfdPin implements WalPin {
  private static final int NO_SLOT = 0;

  private final OfdLocks locks;
  private final WalIndex index;
  private State state = State.RELEASED;
  private int slot = NO_SLOT;

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
    if (state == State.RELEASED && lockUnusedSlot()) {
      state = State.NO_RESET;
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
    state = State.ONE_RESET;
    return true;
  }

  @Override
  public boolean blockResets() throws IOException {
    requireHeld();
    if (state == State.NO_RESET) {
      return true;
    }
    if (!lockUnusedSlot()) {
      return false;
    }
    locks.unlock(LockBytes.read(0));
    state = State.NO_RESET;
    return true;
  }

  @Override
  public boolean refresh(WalIndexHeader shipped) {
    requireHeld();
    return true;
  }

  @Override
  public boolean wantsRefresh() {
    return false;
  }

  @Override
  public void release() throws IOException {
    if (state == State.RELEASED) {
      return;
    }
    locks.unlock(LockBytes.read(slot));
    slot = NO_SLOT;
    state = State.RELEASED;
  }

  // From the top, because checkpoints and most readers use slot 1. A mark cannot change while its
  // slot is locked shared, so the look after locking is final.
  private boolean lockUnusedSlot() throws IOException {
    for (int mark = LockBytes.READ_MARKS - 1; mark >= 1; mark--) {
      if (!index.isUnused(mark) || !locks.tryShared(LockBytes.read(mark))) {
        continue;
      }
      VarHandle.fullFence();
      if (index.isUnused(mark)) {
        slot = mark;
        return true;
      }
      locks.unlock(LockBytes.read(mark));
    }
    return false;
  }

  private void requireHeld() {
    if (state == State.RELEASED) {
      throw new IllegalStateException("the pin is released");
    }
  }
}
