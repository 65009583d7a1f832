package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;

/// Two machines at one position, each with a commit of its own; the put of the second is on its way
/// to the slot that both want.
record SimTwins(SimMachine a, SimMachine b, Position before, Position common) {
  static SimTwins in(SimWorld world, SimScript script) {
    SimMachine a = world.machine();
    script.start(a);
    Position before = script.store(a);
    Position common = script.store(a);
    SimMachine b = world.copy(a);
    b.database().open();
    SimTwins twins = new SimTwins(a, b, before, common);
    world.store().hold(SimScript.put(b, twins.slot()));
    script.start(b);
    script.commit(b);
    script.steps();
    return twins;
  }

  String slot() {
    return SimScript.slotAfter(common);
  }
}
