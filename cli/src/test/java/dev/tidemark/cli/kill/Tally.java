package dev.tidemark.cli.kill;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Adds up what the rounds of a run did.
final class Tally {
  private final List<Long> violated = new ArrayList<>();
  private final Map<DaemonStep, Integer> steps = new EnumMap<>(DaemonStep.class);
  private int rounds;
  private long kills;
  private long commits;
  private long transactions;
  private long acknowledged;
  private long positions;

  synchronized void add(long seed, boolean well) {
    rounds++;
    if (!well) {
      violated.add(seed);
    }
  }

  synchronized void add(Round round) {
    kills += round.kills();
    commits += round.commits();
    transactions += round.transactions();
    acknowledged += round.acknowledged();
    positions += round.positions();
    round.reached().ifPresent(step -> steps.merge(step, 1, Integer::sum));
  }

  synchronized boolean isWell() {
    return violated.isEmpty();
  }

  /// For people.
  synchronized String summary() {
    return """
    %d rounds, %d violated%s
    %d kills of daemons and writers; %d commits written down, %d transactions checked against them
    %d answers of the daemon checked, %d positions read back
    killed or stopped at %d of %d steps: %s\
    """
        .formatted(
            rounds,
            violated.size(),
            violated.isEmpty() ? "" : ", seeds " + violated,
            kills,
            commits,
            transactions,
            acknowledged,
            positions,
            steps.size(),
            DaemonStep.values().length,
            steps);
  }
}
