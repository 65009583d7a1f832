package dev.tidemark.shipper;

import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;

/// The pin on a simulated wal-index, by the rules of the one that locks reader slots.
final class SimPin implements WalPin {
  private final SimShm shm;
  private State state = State.RELEASED;
  private int slot;
  private boolean limitsCheckpoints;

  SimPin(SimShm shm) {
    this.shm = shm;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public boolean holdUnused() {
    if (state == State.RELEASED) {
      slot = unusedSlot();
      if (slot > 0) {
        shm.pin(slot);
        state = State.NO_RESET;
      }
      limitsCheckpoints = false;
    }
    return state == State.NO_RESET;
  }

  @Override
  public boolean allowOneReset(WalIndexHeader shipped) {
    requireHeld();
    if (state == State.ONE_RESET) {
      return true;
    }
    boolean unchanged = shm.readable().filter(shipped::equals).isPresent();
    if (!unchanged || shm.nBackfill() != shipped.mxFrame()) {
      return false;
    }
    move(0);
    limitsCheckpoints = false;
    state = State.ONE_RESET;
    return true;
  }

  @Override
  public boolean blockResets() {
    requireHeld();
    if (state == State.NO_RESET) {
      return true;
    }
    int marked = markedSlot();
    int taken = marked > 0 ? marked : unusedSlot();
    if (taken == 0) {
      return false;
    }
    move(taken);
    limitsCheckpoints = taken == marked;
    state = State.NO_RESET;
    return true;
  }

  @Override
  public boolean limitsCheckpoints() {
    return limitsCheckpoints;
  }

  @Override
  public boolean refresh(WalIndexHeader shipped) {
    requireHeld();
    if (!limitsCheckpoints) {
      return true;
    }
    int unused = unusedSlot();
    if (unused == 0) {
      return false;
    }
    move(unused);
    limitsCheckpoints = false;
    return true;
  }

  @Override
  public boolean wantsRefresh() {
    return false;
  }

  @Override
  public void release() {
    shm.unpinAll();
    limitsCheckpoints = false;
    state = State.RELEASED;
  }

  private void move(int to) {
    shm.pin(to);
    shm.unpin(slot);
    slot = to;
  }

  private int unusedSlot() {
    for (int mark = SimShm.SLOTS - 1; mark >= 1; mark--) {
      if (shm.isUnused(mark)) {
        return mark;
      }
    }
    return 0;
  }

  private int markedSlot() {
    for (int mark = 1; mark < SimShm.SLOTS; mark++) {
      if (!shm.isUnused(mark)) {
        return mark;
      }
    }
    return 0;
  }

  private void requireHeld() {
    if (state == State.RELEASED) {
      throw new IllegalStateException("the pin is released");
    }
  }
}
