package dev.tidemark.retention.model;

import java.util.ArrayList;
import java.util.List;

/// What one listing showed, and what the rules make of it: the model's own copy of them.
final class Sight {
  final Ground covers;
  int segments;
  int boundary;
  int record;
  int pins;
  int now;

  Sight(int positions) {
    this.covers = new Ground(positions);
  }

  /// The positions that must stay, at or below the boundary.
  int promised(ModelPolicy policy, Ground damaged) {
    // Somebody may have mended what this maintainer found damaged.
    return 1 << boundary
        | (pins & ((1 << boundary) - 1))
        | policy.promised(covers.reach(1), boundary, now)
        | policy.promised(without(damaged).reach(1), boundary, now);
  }

  private Ground without(Ground damaged) {
    Ground rest = covers.copy();
    for (int i = 0; i < rest.levels.length; i++) {
      rest.levels[i] &= ~damaged.levels[i];
    }
    return rest;
  }

  private Ground only(Ground verified) {
    Ground rest = covers.copy();
    for (int i = 0; i < rest.levels.length; i++) {
      rest.levels[i] &= verified.levels[i];
    }
    return rest;
  }

  /// The covers that may go.
  List<Integer> drops(ModelBucket rules, Ground verified, int promised) {
    List<Integer> present = covers.present();
    List<Integer> reasons = new ArrayList<>();
    for (int y : present) {
      if ((verified.has(y) || !rules.holds(Rule.VERIFIED))
          && (!covers.crosses(covers.start(y), covers.end(y)) || !rules.holds(Rule.NO_CROSSING))) {
        reasons.add(y);
      }
    }
    List<Integer> drops = new ArrayList<>();
    for (int x : present) {
      boolean isBelow = covers.end(x) <= boundary || !rules.holds(Rule.NOTHING_ABOVE);
      if (isBelow && reasons.stream().anyMatch(y -> replaces(rules, promised, y, x))) {
        drops.add(x);
      }
    }
    return drops;
  }

  private boolean replaces(ModelBucket rules, int promised, int y, int x) {
    boolean isContained =
        covers.end(y) >= covers.end(x)
            && (covers.start(y) <= covers.start(x)
                || (!rules.holds(Rule.CONTAINED) && covers.start(y) < covers.end(x)));
    boolean isHigher =
        covers.level(y) > covers.level(x)
            || (covers.level(y) == covers.level(x) && length(y) > length(x))
            || !rules.holds(Rule.HIGHER);
    int between = (1 << covers.end(y)) - (1 << Math.min(covers.end(x), covers.end(y)));
    boolean isUnpromised = (promised & between) == 0 || !rules.holds(Rule.NOTHING_PROMISED_BETWEEN);
    return y != x && isContained && isHigher && isUnpromised;
  }

  private int length(int id) {
    return covers.end(id) - covers.start(id);
  }

  /// The positions to which the boundary may move.
  int nextBoundaries(ModelBucket rules, Ground verified, int head, ModelPolicy policy) {
    Ground ways = rules.holds(Rule.VERIFIED_WAY) ? only(verified) : covers;
    int from = 1 | 1 << boundary;
    if (rules.holds(Rule.UNCROSSED_WAY)) {
      ways = ways.copy();
      for (int s = 0; s < boundary; s++) {
        for (int e = s + 1; e < ways.width; e++) {
          if (ways.levels[s * ways.width + e] != 0 && covers.crosses(s, e)) {
            ways.levels[s * ways.width + e] = 0;
          }
        }
      }
    }
    int nodes = ways.reach(from);
    int last = Math.min(head - 1, now - policy.window());
    int allowed = 0;
    for (int p = boundary + 1; p <= last; p++) {
      boolean isPinLost = (pins >> p & 1) != 0 && (nodes >> p & 1) == 0;
      if (isPinLost && rules.holds(Rule.PIN_IS_NODE)) {
        break;
      }
      allowed |= nodes & 1 << p;
    }
    return allowed;
  }
}
