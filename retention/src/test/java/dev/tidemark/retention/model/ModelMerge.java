package dev.tidemark.retention.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A run of objects that follow each other in what was listed, and what they shall become. Segments
/// among the inputs are negative numbers.
record ModelMerge(List<Integer> inputs, int output, int firstSegment, boolean isOrphan) {
  static final ModelMerge NONE = new ModelMerge(List.of(), 0, Integer.MAX_VALUE, false);
  static final String PHANTOM = ", made from an orphan";

  ModelMerge ofOrphan() {
    return new ModelMerge(inputs, output, firstSegment, true);
  }

  static ModelMerge choose(Sight sight, ModelSettings settings, Random random) {
    for (int attempt = 0; attempt < 4; attempt++) {
      ModelMerge merge = attempt(sight, settings, random);
      if (!merge.inputs.isEmpty()) {
        return merge;
      }
    }
    return NONE;
  }

  private static ModelMerge attempt(Sight sight, ModelSettings settings, Random random) {
    Ground covers = sight.covers;
    int level = 1 + random.nextInt(Ground.SNAPSHOT);
    int start = level == Ground.SNAPSHOT ? 0 : random.nextInt(covers.width - 1);
    int end = start + 1 + random.nextInt(covers.width - 1 - start);
    if (settings.isTidy()) {
      int size = level == Ground.SNAPSHOT ? 4 : 1 << level;
      start = start / size * size;
      end = level == Ground.SNAPSHOT ? end / size * size : start + size;
    }
    if (end <= start || end >= covers.width) {
      return NONE;
    }
    List<Integer> inputs = new ArrayList<>();
    int firstSegment = Integer.MAX_VALUE;
    int at = start;
    while (at < end) {
      int next = next(sight, at, end, random);
      if (next == 0) {
        return NONE;
      }
      if (next < 0) {
        firstSegment = Math.min(firstSegment, -next);
        at = -next;
      } else {
        at = covers.end(next);
      }
      inputs.add(next);
    }
    int output = covers.id(level, start, end);
    return inputs.contains(output) ? NONE : new ModelMerge(inputs, output, firstSegment, false);
  }

  private static int next(Sight sight, int at, int end, Random random) {
    Ground covers = sight.covers;
    int chosen = at >= sight.boundary && (sight.segments >> (at + 1) & 1) != 0 ? -(at + 1) : 0;
    int choices = chosen == 0 ? 0 : 1;
    for (int level = 1; level <= Ground.SNAPSHOT; level++) {
      for (int e = at + 1; e <= end; e++) {
        int id = covers.id(level, at, e);
        if (covers.has(id) && random.nextInt(++choices) == 0) {
          chosen = id;
        }
      }
    }
    return chosen;
  }
}
