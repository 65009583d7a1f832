package dev.tidemark.retention.model;

import java.util.Random;

/// One listing in many requests: segments, the boundary, the pins, then the covers page by page.
/// The bucket may change between any two of them.
final class Listing {
  private final ModelBucket bucket;
  private final Random random;
  private final Sight sight;
  private int request;
  private int from;

  Listing(ModelBucket bucket, Random random) {
    this.bucket = bucket;
    this.random = random;
    this.sight = new Sight(bucket.positions);
  }

  Sight sight() {
    return sight;
  }

  /// One request; true after the last one.
  boolean step() {
    int levels = Ground.SNAPSHOT;
    if (request == 0) {
      sight.segments = bucket.segments;
      sight.now = bucket.now;
    } else if (request == 1 || request == 2) {
      if (request == 1 == bucket.holds(Rule.PINS_AFTER_BOUNDARY)) {
        sight.boundary = bucket.boundary;
        sight.record = bucket.record;
      } else {
        sight.pins = bucket.pins;
      }
    } else if (!page(request - 2)) {
      return false;
    }
    request++;
    return request == levels + 3;
  }

  /// All that is left of it at once.
  boolean finish() {
    while (!step()) {
      // Each request is one step.
    }
    return true;
  }

  /// Some keys of one level; true if they were the last.
  private boolean page(int level) {
    int width = sight.covers.width;
    int to = Math.min(width, from + 1 + random.nextInt(width));
    for (int start = from; start < to; start++) {
      for (int end = start + 1; end < width; end++) {
        int id = sight.covers.id(level, start, end);
        if (bucket.covers.has(id)) {
          sight.covers.add(id);
        }
      }
    }
    from = to == width ? 0 : to;
    return to == width;
  }
}
