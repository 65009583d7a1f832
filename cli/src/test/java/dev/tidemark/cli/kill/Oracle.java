package dev.tidemark.cli.kill;

import dev.tidemark.ltx.Txid;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// What must hold of a database's log after a round, whatever happened in it.
final class Oracle {
  private static final int SAMPLE = 12;

  private final Site site;
  private final Site.Shipped database;
  private final Path bucket;
  private final List<Witness.Acknowledged> acknowledged;
  private final int resyncsMax;
  private final Random random;
  private final List<String> violations = new ArrayList<>();
  private final List<LogWalk.State> states;
  private final List<SqliteProcess.Commit> journal;
  private final Set<String> left;

  /// For each state of the log, which line of the journal it is.
  private final List<Integer> lines = new ArrayList<>();

  private int resyncs;
  private int positions;

  /// `objects`: the log's, as files. `resyncsMax`: how often the daemon may have lost sight of
  /// single commits, with a good reason.
  Oracle(
      Site site,
      Site.Shipped database,
      Path objects,
      List<Witness.Acknowledged> acknowledged,
      int resyncsMax,
      long seed)
      throws IOException {
    this.site = site;
    this.database = database;
    this.acknowledged = acknowledged;
    this.resyncsMax = resyncsMax;
    this.random = new Random(seed + 2);
    this.bucket = objects;
    this.states = LogWalk.states(objects);
    this.journal = database.journal().commits();
    this.left = database.journal().leftStates();
  }

  int transactions() {
    return states.size();
  }

  int resyncs() {
    return resyncs;
  }

  /// How many positions were read back by the product.
  int positions() {
    return positions;
  }

  List<String> check() throws Exception {
    if (states.isEmpty()) {
      violated("nothing is in the log");
      return violations;
    }
    everyStateWasCommitted();
    if (violations.isEmpty()) {
      everyCommitIsATransaction();
      everyAcknowledgementHolds();
      theEndIsTheEnd();
    }
    restores();
    commands();
    return violations;
  }

  private void violated(String what) {
    violations.add(database.file().getFileName() + ": " + what);
  }

  /// No phantoms, and in the order in which they were.
  private void everyStateWasCommitted() {
    Map<String, TreeSet<Integer>> known = new HashMap<>();
    for (int i = 0; i < journal.size(); i++) {
      known.computeIfAbsent(journal.get(i).sha256(), _ -> new TreeSet<>()).add(i);
    }
    int at = -1;
    for (LogWalk.State state : states) {
      TreeSet<Integer> candidates = known.getOrDefault(state.sha256(), new TreeSet<>());
      Integer next = candidates.higher(at);
      if (next == null && left.contains(state.sha256())) {
        // Between two lines; it counts as the earlier one.
        next = at;
      }
      if (next == null) {
        violated(
            "%s was %s committed after line %d of the journal"
                .formatted(state, candidates.isEmpty() ? "never" : "not", at + 1));
        return;
      }
      at = next;
      lines.add(at);
    }
  }

  private void everyCommitIsATransaction() {
    for (int i = 1; i < states.size(); i++) {
      if (!states.get(i).isCommit()) {
        resyncs++;
      } else if (lines.get(i) != lines.get(i - 1) + 1 && !isLeft(i)) {
        violated(
            "%s is one transaction from line %d of the journal to line %d"
                .formatted(states.get(i), lines.get(i - 1) + 1, lines.get(i) + 1));
      }
    }
    if (resyncs > resyncsMax) {
      violated("%d resyncs where %d have a reason".formatted(resyncs, resyncsMax));
    }
  }

  /// Whether a state is none of the journal's.
  private boolean isLeft(int i) {
    return lines.get(i).equals(lines.get(i - 1)) && left.contains(states.get(i).sha256());
  }

  private void everyAcknowledgementHolds() throws IOException {
    for (Witness.Acknowledged it : acknowledged) {
      int i = (int) it.position().txid().value() - 1;
      int committed = database.journal().statesWithin(it.journalBytes());
      if (i < 0) {
        continue;
      }
      if (i >= states.size() || !states.get(i).position().equals(it.position())) {
        violated(it.position() + " was reported as stored, and is not in the log");
      } else if (lines.get(i) + 1 < committed) {
        violated(
            "sync answered %s, which is line %d, when %d lines were committed"
                .formatted(it.position(), lines.get(i) + 1, committed));
      }
    }
  }

  private void theEndIsTheEnd() {
    if (lines.getLast() != journal.size() - 1) {
      violated("the log ends with line %d of %d".formatted(lines.getLast() + 1, journal.size()));
    }
  }

  /// The real reader, for some positions and the first and the last.
  private void restores() throws Exception {
    TreeSet<Integer> sample = new TreeSet<>(List.of(0, states.size() - 1));
    for (int i = 0; i < SAMPLE; i++) {
      sample.add(random.nextInt(states.size()));
    }
    try (ObjectStore store = Stores.open(new StoreUrl.Local(bucket), false)) {
      for (int i : sample) {
        positions++;
        LogWalk.State state = states.get(i);
        if (!StoredHead.sha256(store, state.position()).equals(state.sha256())) {
          violated(state + " is read with other content");
        }
      }
    }
  }

  /// What a user would ask.
  private void commands() throws IOException, InterruptedException {
    if (random.nextInt(4) > 0) {
      return;
    }
    String url = database.url();
    expectDone("verify", url, "--against", database.file().toString());
    LogWalk.State any = states.get(random.nextInt(states.size()));
    Path restored = site.path("restored.db");
    Files.deleteIfExists(restored);
    Txid txid = any.position().txid();
    if (expectDone("restore", url, restored.toString(), "--txid", txid.toString())
        && !LogWalk.sha256(Files.readAllBytes(restored)).equals(any.sha256())) {
      violated(any + " is restored to a file with other content");
    }
  }

  private boolean expectDone(String... arguments) throws IOException, InterruptedException {
    Site.Result result = site.run(arguments);
    if (result.status() != 0) {
      violated(
          "%s ended with %d: %s %s"
              .formatted(String.join(" ", arguments), result.status(), result.out(), result.err()));
    }
    return result.status() == 0;
  }
}
