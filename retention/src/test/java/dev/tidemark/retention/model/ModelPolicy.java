package dev.tidemark.retention.model;

/// Keep the last node of each bucket of time that ends within the span; the boundary stays `window`
/// behind.
record ModelPolicy(int window, int bucket, int span) {
  int of(int position) {
    return (position - 1) / bucket;
  }

  boolean isWithin(int position, int now) {
    return now - position <= span;
  }

  /// The promised ones among these nodes.
  int promised(int nodes, int boundary, int now) {
    int promised = 0;
    int taken = -1;
    for (int p = boundary; p > 0; p--) {
      if ((nodes >> p & 1) != 0 && isWithin(p, now) && of(p) != taken) {
        promised |= 1 << p;
        taken = of(p);
      }
    }
    return promised;
  }
}
