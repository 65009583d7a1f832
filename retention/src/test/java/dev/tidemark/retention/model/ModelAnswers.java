package dev.tidemark.retention.model;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/// The model's rules for one picture, so that the product can be compared with them.
public final class ModelAnswers {
  private static final int SNAPSHOT_LEVEL = 9;

  private final ModelBucket bucket;
  private final Sight sight;
  private final Ground verified;
  private final Ground damaged;

  /// Names a cover.
  @FunctionalInterface
  public interface Names {
    String of(int level, long before, long last);
  }

  public ModelAnswers(int positions) {
    this.bucket = new ModelBucket(positions, EnumSet.noneOf(Rule.class));
    this.sight = new Sight(positions);
    this.verified = new Ground(positions);
    this.damaged = new Ground(positions);
  }

  public void log(int head, int boundary) {
    bucket.head = head;
    sight.now = head;
    sight.boundary = boundary;
  }

  public void pin(int position) {
    sight.pins |= 1 << position;
  }

  /// False if it is there already.
  public boolean add(int level, int before, int last, boolean isVerified, boolean isDamaged) {
    int id = sight.covers.id(level == SNAPSHOT_LEVEL ? Ground.SNAPSHOT : level, before, last);
    if (sight.covers.has(id)) {
      return false;
    }
    sight.covers.add(id);
    if (isVerified) {
      verified.add(id);
    }
    if (isDamaged) {
      damaged.add(id);
    }
    return true;
  }

  /// What may go, if each position that is not older than `span` is kept.
  public Set<String> drops(int span, Names names) {
    int promised = sight.promised(new ModelPolicy(0, 1, span), damaged);
    Set<String> drops = new HashSet<>();
    for (int id : sight.drops(bucket, verified, promised)) {
      int level =
          sight.covers.level(id) == Ground.SNAPSHOT ? SNAPSHOT_LEVEL : sight.covers.level(id);
      drops.add(names.of(level, sight.covers.start(id), sight.covers.end(id)));
    }
    return drops;
  }

  /// Where the boundary may move, `window` behind.
  public Set<Long> boundaries(int window) {
    int allowed =
        sight.nextBoundaries(bucket, verified, bucket.head, new ModelPolicy(window, 1, 0));
    Set<Long> positions = new HashSet<>();
    for (long p = 1; p <= bucket.head; p++) {
      if ((allowed >> p & 1) != 0) {
        positions.add(p);
      }
    }
    return positions;
  }
}
