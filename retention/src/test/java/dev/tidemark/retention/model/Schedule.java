package dev.tidemark.retention.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// One random run of some maintainers on one bucket, drawn from a seed.
final class Schedule {
  /// What is drawn from. Shared: all maintainers have one policy, and its positions must stay.
  record World(
      int positions,
      int maintainers,
      int steps,
      boolean isTidy,
      boolean isShared,
      boolean hasPins) {}

  private final World world;
  private final Random random;
  private final ModelBucket bucket;
  private final ModelPolicy policy;
  private final List<ModelMaintainer> maintainers = new ArrayList<>();
  private final ModelPinner pinner;
  private final boolean isTold;

  /// Buckets of the policy's time that the boundary has passed without a position in them.
  private int unpromised;

  private final List<String> story = new ArrayList<>();

  Schedule(World world, Set<Rule> omitted, long seed, boolean isTold) {
    this.world = world;
    this.random = new Random(seed);
    this.bucket = new ModelBucket(world.positions(), omitted);
    this.pinner = new ModelPinner(bucket, random);
    this.isTold = isTold;
    this.policy = policy();
    int damagedOneIn = random.nextBoolean() ? 6 : Integer.MAX_VALUE;
    for (int i = 0; i < world.maintainers(); i++) {
      ModelPolicy own = world.isShared() ? policy : policy();
      boolean isTidy = world.isTidy() || random.nextInt(4) == 0;
      maintainers.add(
          new ModelMaintainer(bucket, new ModelSettings(own, isTidy, damagedOneIn), random));
    }
  }

  private ModelPolicy policy() {
    return new ModelPolicy(
        random.nextInt(3), 1 + random.nextInt(4), random.nextInt(2 * world.positions()));
  }

  List<String> story() {
    return story;
  }

  /// Empty, or what was lost.
  String run() {
    begin();
    int actor = 0;
    for (int step = 0; step < world.steps(); step++) {
      // An actor goes on for a while, so that the others pause for a while.
      if (actor == 0 || random.nextInt(6) == 0) {
        boolean isMaintainer = random.nextInt(world.hasPins() ? 4 : 16) > 0;
        actor = isMaintainer ? 1 + random.nextInt(maintainers.size()) : 0;
      }
      int[] before = lastNodes();
      String done = act(actor);
      if (isTold) {
        story.add((actor == 0 ? "" : "maintainer " + actor + " ") + done);
      }
      String lost = done.endsWith(ModelMerge.PHANTOM) ? done : bucket.lost();
      if (lost.isEmpty() && world.isShared()) {
        lost = lostBucket(before);
      }
      if (!lost.isEmpty()) {
        return lost;
      }
    }
    return "";
  }

  /// Any covers may be there above the boundary, and the boundary at any position they lead to.
  private void begin() {
    int head = 2 + random.nextInt(world.positions() - 1);
    boolean isLadder = !world.isTidy() && random.nextInt(3) == 0;
    while (bucket.head < head) {
      bucket.append();
    }
    bucket.now = head;
    ModelSettings settings = new ModelSettings(policy, world.isTidy(), 1);
    for (int i = random.nextInt(2 * world.positions()); i > 0; i--) {
      Sight sight = new Sight(world.positions());
      sight.segments = bucket.segments;
      ModelMerge merge = ModelMerge.choose(sight, settings, random);
      if (!merge.inputs().isEmpty()) {
        bucket.put(merge.output(), true);
      }
    }
    for (int start = 0; isLadder && start < head; start++) {
      bucket.put(bucket.covers.id(1, start, start + 1), true);
    }
    int nodes = bucket.covers.reach(1) & (1 << head) - 1;
    while (random.nextInt(3) > 0) {
      int position = random.nextInt(head);
      if ((nodes >> position & 1) != 0) {
        bucket.boundary = position;
      }
    }
    if (isTold) {
      story.add(
          "covers "
              + bucket.covers.present().stream().map(bucket.covers::name).toList()
              + ", boundary "
              + bucket.boundary);
    }
  }

  private String act(int actor) {
    if (actor > 0) {
      return maintainers.get(actor - 1).step();
    }
    int dice = random.nextInt(8);
    if (dice < 4 && world.hasPins()) {
      return "the pinner " + pinner.step();
    }
    if (dice == 4) {
      int slot = 1 + random.nextInt(bucket.positions);
      bucket.reappear(slot);
      return "an orphan may come to " + slot;
    }
    if (dice == 5) {
      bucket.now++;
      return "time passes";
    }
    if (bucket.head < bucket.positions) {
      bucket.append();
      bucket.now++;
    }
    return "segment " + bucket.head;
  }

  /// For each bucket of the policy's time the last node in it, 0 if there is none.
  private int[] lastNodes() {
    int[] last = new int[bucket.positions + 1];
    if (world.isShared()) {
      int nodes = bucket.nodes();
      for (int p = 1; p <= bucket.boundary; p++) {
        if ((nodes >> p & 1) != 0 && policy.isWithin(p, bucket.now)) {
          last[policy.of(p)] = p;
        }
      }
    }
    return last;
  }

  private String lostBucket(int[] before) {
    int[] after = lastNodes();
    for (int i = 0; i < before.length; i++) {
      boolean isDue =
          before[i] > 0 && policy.isWithin(before[i], bucket.now) && (unpromised >> i & 1) == 0;
      if (isDue && (world.isTidy() ? after[i] < before[i] : after[i] == 0)) {
        return "the policy's position " + before[i];
      }
      // A late store may bring a position back that nobody counted on, and it may go again.
      if (after[i] == 0 && i < policy.of(bucket.boundary)) {
        unpromised |= 1 << i;
      }
    }
    return "";
  }
}
