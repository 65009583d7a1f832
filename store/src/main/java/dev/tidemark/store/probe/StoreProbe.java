package dev.tidemark.store.probe;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.RetryPolicy;
import dev.tidemark.store.RetryingStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreInsight;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Finds out what a store really guarantees, by trying. Writes below `doctor/<random>/`, touches
/// nothing else, and removes what it wrote, also when it fails or is interrupted. Used by one
/// thread, once.
public final class StoreProbe {
  private static final RetryPolicy POLICY =
      new RetryPolicy(4, Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10));
  private static final int DUEL_ROUNDS = 10;
  private static final int PARTS_DUEL_ROUNDS = 4;

  /// How a check ended. UNCLEAR: the store gave no answer that proves anything, try again. WARNING:
  /// nothing that a store promises, but a person should know.
  public enum Result {
    OK,
    WARNING,
    FAILED,
    UNCLEAR
  }

  /// What a store is good for: `FENCED` keeps two writers apart, `DETECT_ONLY` does not.
  public enum Mode {
    FENCED,
    DETECT_ONLY
  }

  /// One finding, in words.
  public record Check(String name, Result result, String detail) {
    /// Neither good nor a reason to warn.
    public boolean isBad() {
      return result == Result.FAILED || result == Result.UNCLEAR;
    }
  }

  /// Everything that was found. `mode` is FENCED only if every conditional check is OK.
  public record Report(Mode mode, List<Check> checks) {
    public Report {
      checks = List.copyOf(checks);
    }

    public boolean ok() {
      return bad().isEmpty();
    }

    public List<Check> bad() {
      return checks.stream().filter(Check::isBad).toList();
    }
  }

  private final ObjectStore raw;
  private final ObjectStore store;
  private final ProbeFolder folder;
  private final Pauses pauses;
  private final InstantSource clock;
  private final int writers;
  private final List<Check> checks = new ArrayList<>();
  private boolean fenced = true;

  private StoreProbe(
      ObjectStore raw, RandomGenerator random, InstantSource clock, Pauses pauses, int writers) {
    this.raw = raw;
    this.store = new RetryingStore(raw, POLICY, pauses, random);
    this.folder = new ProbeFolder(raw, store, random);
    this.pauses = pauses;
    this.clock = clock;
    this.writers = writers;
  }

  /// `writers` is how many compete for one key. Throws only if the store can be neither listed nor
  /// written to: nothing can be found out then.
  public static Report run(
      ObjectStore store, RandomGenerator random, InstantSource clock, Pauses pauses, int writers)
      throws StoreException, InterruptedException {
    return new StoreProbe(store, random, clock, pauses, writers).report();
  }

  private Report report() throws StoreException, InterruptedException {
    try {
      reach();
      conditions();
      reads();
      surroundings(raw.insight());
    } finally {
      folder.clean().ifPresent(left -> checks.add(new Check("clean up", Result.FAILED, left)));
    }
    return new Report(fenced ? Mode.FENCED : Mode.DETECT_ONLY, checks);
  }

  /// Who may write and not list is still worth a diagnosis.
  private void reach() throws StoreException, InterruptedException {
    try {
      store.list(folder.prefix(), "");
    } catch (StoreException e) {
      if (e.kind() != Kind.REFUSED) {
        throw e;
      }
      try {
        store.put(folder.key("reach"), folder.body(1));
      } catch (StoreException _) {
        throw e;
      }
    }
  }

  private void conditions() throws InterruptedException {
    conditions(raw, DUEL_ROUNDS, "");
    Optional<ObjectStore> inParts = raw.insight().inParts();
    if (inParts.isPresent()) {
      conditions(inParts.get(), PARTS_DUEL_ROUNDS, " in parts");
    }
  }

  private void conditions(ObjectStore through, int rounds, String how) throws InterruptedException {
    fenced &=
        check(
            "put if absent" + how,
            "a second put of a key is refused",
            new ExclusivePut(through, folder, pauses, "absent" + how.replace(' ', '-')));
    fenced &=
        check(
            "duel" + how,
            "%d writers for one key, %d times: one winner each".formatted(writers, rounds),
            new Duel(through, folder, writers, rounds, "duel" + how.replace(' ', '-')));
  }

  private void reads() throws InterruptedException {
    ReadTrials reads = new ReadTrials(store, folder);
    ListTrials lists = new ListTrials(store, folder);
    check("overwrite", "a plain put replaces", reads::overwrite);
    check("missing key", "is answered as absent", reads::missing);
    check(
        "list", "complete right after writing, in key order, goes on after a key", lists::written);
    check("ranged reads", "parts and last bytes come as asked for", reads::ranges);
    check("round trip", "1 MiB comes back unchanged", reads::roundTrip);
    check(
        "segment", "a real one came back and passed every check", new SegmentTrial(store, folder));
    check("delete", "a deleted object is gone, and not listed", lists::deleted);
  }

  private void surroundings(StoreInsight insight) throws InterruptedException {
    Surroundings around = new Surroundings(insight, clock);
    around.clock().ifPresent(checks::add);
    around.lifecycle().ifPresent(checks::add);
  }

  /// Whether the guarantee holds.
  private boolean check(String name, String good, Trial trial) throws InterruptedException {
    Check check;
    try {
      check =
          trial
              .run()
              .map(bad -> new Check(name, Result.FAILED, bad))
              .orElse(new Check(name, Result.OK, good));
    } catch (StoreException e) {
      Result result = e.kind() == Kind.REFUSED ? Result.FAILED : Result.UNCLEAR;
      check = new Check(name, result, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      check = new Check(name, Result.UNCLEAR, String.valueOf(e.getMessage()));
    }
    checks.add(check);
    return check.result() == Result.OK;
  }
}
