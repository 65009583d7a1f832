package dev.tidemark.retention.model;

import java.util.Set;

/// The bucket in truth, and what must hold in it after every step. One segment for each
/// transaction: segment i leads from i - 1 to i, and its time is i.
final class ModelBucket {
  final int positions;
  final Ground covers;
  final Ground sound;
  final Set<Rule> omitted;

  /// Segments that are there; those of a fenced writer, in a slot that was deleted, are orphans.
  int segments;

  int orphans;
  int head;
  int now;
  int boundary;
  int record;
  int pins;
  int promisedPins;

  ModelBucket(int positions, Set<Rule> omitted) {
    this.positions = positions;
    this.covers = new Ground(positions);
    this.sound = new Ground(positions);
    this.omitted = omitted;
  }

  boolean holds(Rule rule) {
    return !omitted.contains(rule);
  }

  void append() {
    head++;
    segments |= 1 << head;
  }

  /// A late request of a writer that was fenced fills an empty slot below the boundary.
  void reappear(int slot) {
    if (slot <= boundary && (segments >> slot & 1) == 0) {
      segments |= 1 << slot;
      orphans |= 1 << slot;
    }
  }

  void deleteSegment(int slot) {
    segments &= ~(1 << slot);
    orphans &= ~(1 << slot);
  }

  void put(int id, boolean isSound) {
    covers.add(id);
    if (isSound) {
      sound.add(id);
    } else {
      sound.remove(id);
    }
  }

  void delete(int id) {
    covers.remove(id);
    sound.remove(id);
  }

  /// Empty, or what is lost.
  String lost() {
    int nodes = sound.reach(1);
    if ((nodes >> boundary & 1) == 0) {
      return "the boundary " + boundary;
    }
    for (int p = 1; p <= boundary; p++) {
      if ((promisedPins >> p & 1) != 0 && (nodes >> p & 1) == 0) {
        return "the pin " + p;
      }
    }
    for (int slot = boundary + 1; slot <= head; slot++) {
      if ((segments >> slot & 1) == 0 || (orphans >> slot & 1) != 0) {
        return "the segment " + slot + " above the boundary " + boundary;
      }
    }
    return "";
  }

  /// The positions at or below the boundary that can be restored.
  int nodes() {
    return sound.reach(1) & (2 << boundary) - 1;
  }
}
