package dev.tidemark.retention.model;

import java.util.ArrayList;
import java.util.List;

/// Covers between small positions: for each pair of start and end, a bit for each level. A cover
/// (s, e) leads from the state at s to the state at e; level [#SNAPSHOT] begins at 0 only.
final class Ground {
  static final int SNAPSHOT = 4;

  final int width;
  final int[] levels;

  Ground(int positions) {
    this.width = positions + 1;
    this.levels = new int[width * width];
  }

  private Ground(Ground other) {
    this.width = other.width;
    this.levels = other.levels.clone();
  }

  Ground copy() {
    return new Ground(this);
  }

  /// A number for each possible cover.
  int id(int level, int start, int end) {
    return (level * width + start) * width + end;
  }

  int level(int id) {
    return id / (width * width);
  }

  int start(int id) {
    return id / width % width;
  }

  int end(int id) {
    return id % width;
  }

  boolean has(int id) {
    return (levels[id % (width * width)] >> level(id) & 1) != 0;
  }

  void add(int id) {
    levels[id % (width * width)] |= 1 << level(id);
  }

  void remove(int id) {
    levels[id % (width * width)] &= ~(1 << level(id));
  }

  /// What can be reached from `from` (a set of positions), as a set of positions.
  int reach(int from) {
    int reached = from;
    for (int s = 0; s < width; s++) {
      if ((reached >> s & 1) != 0) {
        for (int e = s + 1; e < width; e++) {
          if (levels[s * width + e] != 0) {
            reached |= 1 << e;
          }
        }
      }
    }
    return reached;
  }

  boolean crosses(int start, int end) {
    for (int s = 0; s < width; s++) {
      for (int e = s + 1; e < width; e++) {
        boolean isCrossing =
            (s < start && start < e && e < end) || (start < s && s < end && end < e);
        if (isCrossing && levels[s * width + e] != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /// Those that are there, by level.
  List<Integer> present() {
    List<Integer> present = new ArrayList<>();
    for (int level = 1; level <= SNAPSHOT; level++) {
      for (int i = 0; i < levels.length; i++) {
        if ((levels[i] >> level & 1) != 0) {
          present.add(level * levels.length + i);
        }
      }
    }
    return present;
  }

  String name(int id) {
    return (level(id) == SNAPSHOT ? "snapshot" : "merged" + level(id))
        + "("
        + start(id)
        + ","
        + end(id)
        + "]";
  }
}
