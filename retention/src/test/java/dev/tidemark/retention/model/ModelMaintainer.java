package dev.tidemark.retention.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// A maintainer as a sequence of atomic steps. It merges or retains, in any order, with settings of
/// its own, and may pause before each step as long as it likes.
final class ModelMaintainer {
  private enum Phase {
    IDLE,
    LIST,
    READ,
    LIST_AGAIN,
    INPUTS,
    BOUNDARY,
    STORE,
    EXECUTE
  }

  private final ModelBucket bucket;
  private final ModelSettings settings;
  private final Random random;
  private final Ground verified;
  private final Ground damaged;
  private Phase phase = Phase.IDLE;
  private boolean isMerging;

  /// Makes many steps at once, so that the schedule has more of the others.
  private boolean isHasty;

  private Listing listing;
  private final List<Integer> reading = new ArrayList<>();
  private ModelMerge merge = ModelMerge.NONE;
  private final List<Integer> drops = new ArrayList<>();
  private int dropSegments;
  private int move;

  ModelMaintainer(ModelBucket bucket, ModelSettings settings, Random random) {
    this.bucket = bucket;
    this.settings = settings;
    this.random = random;
    this.verified = new Ground(bucket.positions);
    this.damaged = new Ground(bucket.positions);
    this.listing = new Listing(bucket, random);
  }

  /// One step; what was done, for the story of a failure.
  String step() {
    return switch (phase) {
      case IDLE -> begin();
      case LIST, LIST_AGAIN -> list();
      case READ -> read();
      case INPUTS -> input();
      case BOUNDARY -> boundary();
      case STORE -> store();
      case EXECUTE -> execute();
    };
  }

  private String begin() {
    isMerging = random.nextBoolean();
    isHasty = random.nextInt(3) > 0;
    if (random.nextInt(8) == 0) {
      forget(verified);
      forget(damaged);
    }
    listing = new Listing(bucket, random);
    phase = Phase.LIST;
    return "begins to " + (isMerging ? "merge" : "retain");
  }

  private static void forget(Ground ground) {
    java.util.Arrays.fill(ground.levels, 0);
  }

  private String list() {
    if (!listing.step() && !(isHasty && listing.finish())) {
      return "lists";
    }
    Sight sight = listing.sight();
    if (isMerging) {
      merge = ModelMerge.choose(sight, settings, random);
      reading.clear();
      reading.addAll(merge.inputs());
      phase = reading.isEmpty() ? Phase.IDLE : Phase.INPUTS;
    } else if (phase == Phase.LIST) {
      reading.clear();
      for (int id : sight.covers.present()) {
        if (!verified.has(id) && random.nextInt(4) > 0) {
          reading.add(id);
        }
      }
      phase = Phase.READ;
    } else {
      plan();
    }
    return "has listed";
  }

  private String read() {
    if (reading.isEmpty()) {
      if (bucket.holds(Rule.VERIFIED_BEFORE_LISTING)) {
        listing = new Listing(bucket, random);
        phase = Phase.LIST_AGAIN;
      } else {
        plan();
      }
      return "has read";
    }
    do {
      int id = reading.removeLast();
      if (bucket.covers.has(id)) {
        judge(id, bucket.sound.has(id));
      }
    } while (isHasty && !reading.isEmpty());
    return "reads covers";
  }

  private void judge(int id, boolean isSound) {
    (isSound ? verified : damaged).add(id);
    (isSound ? damaged : verified).remove(id);
  }

  private void plan() {
    Sight sight = listing.sight();
    int promised = sight.promised(settings.policy(), damaged);
    drops.clear();
    drops.addAll(sight.drops(bucket, verified, promised));
    Collections.shuffle(drops, random);
    dropSegments = sight.segments & (2 << sight.boundary) - 1;
    int allowed = sight.nextBoundaries(bucket, verified, bucket.head, settings.policy());
    move = 0;
    for (int p = 1; p <= bucket.positions; p++) {
      if ((allowed >> p & 1) != 0 && (move == 0 || random.nextBoolean())) {
        move = p;
      }
    }
    phase = Phase.EXECUTE;
  }

  private String execute() {
    Sight sight = listing.sight();
    if (move > 0) {
      int target = move;
      move = 0;
      if (bucket.record == sight.record || !bucket.holds(Rule.NEXT_NUMBER)) {
        bucket.record++;
        bucket.boundary = Math.max(bucket.boundary, target);
        return "moves the boundary to " + target;
      }
      phase = Phase.IDLE;
      return "finds the boundary moved";
    }
    if (dropSegments != 0) {
      int slot = Integer.numberOfTrailingZeros(dropSegments);
      dropSegments &= dropSegments - 1;
      bucket.deleteSegment(slot);
      return "deletes segment " + slot;
    }
    if (drops.isEmpty() || random.nextInt(32) == 0) {
      phase = Phase.IDLE;
      return "is done";
    }
    int id = drops.removeLast();
    bucket.delete(id);
    return "deletes " + bucket.covers.name(id);
  }

  private String input() {
    int id = reading.removeLast();
    if (reading.isEmpty()) {
      phase = Phase.BOUNDARY;
    }
    if (id < 0) {
      if ((bucket.segments >> -id & 1) == 0) {
        phase = Phase.IDLE;
      } else if ((bucket.orphans >> -id & 1) != 0) {
        merge = merge.ofOrphan();
      }
      return "reads segment " + -id;
    }
    if (!bucket.covers.has(id) || !bucket.sound.has(id)) {
      phase = Phase.IDLE;
    }
    return "reads " + bucket.covers.name(id);
  }

  private String boundary() {
    boolean isPassed = bucket.boundary >= merge.firstSegment();
    phase = isPassed && bucket.holds(Rule.BOUNDARY_AFTER_INPUTS) ? Phase.IDLE : Phase.STORE;
    return "reads the boundary";
  }

  private String store() {
    phase = Phase.IDLE;
    int id = merge.output();
    if (merge.isOrphan()) {
      return "stores " + bucket.covers.name(id) + ModelMerge.PHANTOM;
    }
    if (bucket.covers.has(id)) {
      if (!bucket.sound.has(id)) {
        bucket.put(id, true);
      }
      judge(id, true);
      return "builds anew " + bucket.covers.name(id);
    }
    boolean isSound = random.nextInt(settings.damagedOneIn()) > 0;
    bucket.put(id, isSound);
    judge(id, isSound);
    return "stores " + (isSound ? "" : "damaged ") + bucket.covers.name(id);
  }
}
