package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/// Finds out what a store really guarantees, by trying. Writes below `doctor/<random>/` and removes
/// it again. Used by one thread.
public final class StoreProbe {
  static final String PREFIX = "doctor/";

  private static final int LARGE_BYTES = 1 << 20;
  private static final int LISTED = 5;

  /// How a check ended. UNCLEAR: the store gave no answer that proves anything, try again.
  public enum Result {
    OK,
    FAILED,
    UNCLEAR
  }

  /// What a store is good for: `FENCED` keeps two writers apart, `DETECT_ONLY` does not.
  public enum Mode {
    FENCED,
    DETECT_ONLY
  }

  /// One finding, in words.
  public record Check(String name, Result result, String detail) {}

  /// Everything that was found. `mode` is FENCED only if both conditional checks are OK.
  public record Report(Mode mode, List<Check> checks) {
    public Report {
      checks = List.copyOf(checks);
    }

    public boolean ok() {
      return checks.stream().allMatch(check -> check.result() == Result.OK);
    }
  }

  private interface Trial {
    // Empty: as it should be; otherwise what is wrong.
    Optional<String> run() throws StoreException, InterruptedException, IOException;
  }

  private final ObjectStore store;
  private final RandomGenerator random;
  private final int writers;
  private final String prefix;
  private final List<Check> checks = new ArrayList<>();
  private final TreeSet<String> made = new TreeSet<>();

  private StoreProbe(ObjectStore store, RandomGenerator random, int writers) {
    this.store = store;
    this.random = random;
    this.writers = writers;
    this.prefix = PREFIX + Id128.random(random) + "/";
  }

  /// Throws only if the store's first answer is none: nothing can be found out then.
  public static Report run(ObjectStore store, RandomGenerator random, int writers)
      throws StoreException, InterruptedException {
    return new StoreProbe(store, random, writers).report();
  }

  private Report report() throws StoreException, InterruptedException {
    store.list(prefix, "");
    boolean fenced;
    try {
      fenced = checkAll();
    } finally {
      clean();
    }
    return new Report(fenced ? Mode.FENCED : Mode.DETECT_ONLY, checks);
  }

  /// Whether the store keeps two writers apart.
  private boolean checkAll() throws InterruptedException {
    Result exclusive =
        check("put if absent", "a second put of a key is refused", this::putIfAbsent);
    Result duel = check("duel", writers + " writers for one key, one winner each time", this::duel);
    check("overwrite", "a plain put replaces", this::overwrite);
    check("list", "complete right after writing, in key order, goes on after a key", this::list);
    check("ranged reads", "parts and last bytes come as asked for", this::ranges);
    check("round trip", "1 MiB comes back unchanged", this::roundTrip);
    check("delete", "a deleted object is gone", this::delete);
    return exclusive == Result.OK && duel == Result.OK;
  }

  private Result check(String name, String good, Trial trial) throws InterruptedException {
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
    return check.result();
  }

  private String key(String name) {
    String key = prefix + name;
    made.add(key);
    return key;
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private Optional<String> putIfAbsent() throws StoreException, InterruptedException, IOException {
    String key = key("absent");
    byte[] first = bytes(100);
    PutOutcome created = settled(store.putIfAbsent(key, Body.of(first)));
    if (created != PutOutcome.STORED) {
      return Optional.of("a key that was never used is said to exist");
    }
    PutOutcome again = settled(store.putIfAbsent(key, Body.of(bytes(100))));
    if (again == PutOutcome.STORED) {
      return Optional.of(
          "the store ignores the condition and overwrites: two writers are not kept apart");
    }
    return content(key).filter(found -> Arrays.equals(found, first)).isPresent()
        ? Optional.empty()
        : Optional.of("a refused put changed the object");
  }

  private Optional<String> duel() throws StoreException, InterruptedException, IOException {
    for (int round = 0; round < 3; round++) {
      String key = key("duel-" + round);
      List<PutOutcome> outcomes = compete(key);
      long winners = outcomes.stream().filter(PutOutcome.STORED::equals).count();
      if (winners > 1) {
        return Optional.of(
            "%d of %d writers were told that they had won".formatted(winners, writers));
      }
      if (winners == 0) {
        throw new StoreException(Kind.UNAVAILABLE, "no writer got a clear answer");
      }
      byte[] winner = {(byte) outcomes.indexOf(PutOutcome.STORED)};
      if (content(key).filter(found -> Arrays.equals(found, winner)).isEmpty()) {
        return Optional.of("the object is not the winner's");
      }
    }
    return Optional.empty();
  }

  private List<PutOutcome> compete(String key) throws StoreException, InterruptedException {
    List<Future<PutOutcome>> running = new ArrayList<>();
    List<PutOutcome> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < writers; i++) {
        byte[] mine = {(byte) i};
        running.add(threads.submit(() -> store.putIfAbsent(key, Body.of(mine))));
      }
      for (Future<PutOutcome> writer : running) {
        outcomes.add(writer.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException cause) {
        throw cause;
      }
      throw new IllegalStateException("a probing thread died", e);
    }
    return outcomes;
  }

  private static PutOutcome settled(PutOutcome outcome) throws StoreException {
    if (outcome == PutOutcome.UNCLEAR) {
      throw new StoreException(
          Kind.UNAVAILABLE, "no clear answer (timeout, lost connection or server error)");
    }
    return outcome;
  }

  private Optional<String> overwrite() throws StoreException, InterruptedException, IOException {
    String key = key("replaced");
    byte[] second = bytes(50);
    store.put(key, Body.of(bytes(100)));
    store.put(key, Body.of(second));
    return content(key).filter(found -> Arrays.equals(found, second)).isPresent()
        ? Optional.empty()
        : Optional.of("an older version is read after a put");
  }

  private Optional<String> list() throws StoreException, InterruptedException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < LISTED; i++) {
      expected.add(key("list/" + i));
    }
    for (String key : expected.reversed()) {
      store.put(key, Body.of(bytes(10)));
    }
    List<String> found = keys(prefix + "list/", "");
    if (!found.equals(expected)) {
      return Optional.of(
          "listed %d keys of %d, or not in order: %s".formatted(found.size(), LISTED, found));
    }
    List<String> rest = keys(prefix + "list/", expected.get(2));
    return rest.equals(expected.subList(3, LISTED))
        ? Optional.empty()
        : Optional.of("listing after a key answers %s".formatted(rest));
  }

  private List<String> keys(String under, String after)
      throws StoreException, InterruptedException {
    return store.list(under, after).objects().stream().map(Listed::key).toList();
  }

  private Optional<String> ranges() throws StoreException, InterruptedException {
    String key = key("ranges");
    byte[] all = bytes(10_000);
    store.put(key, Body.of(all));
    List<ByteRange> ranges =
        List.of(
            new ByteRange.Part(0, 1),
            new ByteRange.Part(4_000, 3_000),
            new ByteRange.Part(9_000, 5_000),
            new ByteRange.Part(20_000, 1),
            new ByteRange.Last(1_000),
            new ByteRange.Last(50_000));
    for (ByteRange range : ranges) {
      int from = (int) range.from(all.length);
      byte[] expected = Arrays.copyOfRange(all, from, from + range.count(all.length));
      Optional<Slice> slice = store.get(key, range);
      if (slice.isEmpty()) {
        return Optional.of("an object just written is absent");
      }
      if (slice.get().objectSize() != all.length || !Arrays.equals(slice.get().bytes(), expected)) {
        return Optional.of("%s of %d bytes came back wrong".formatted(range, all.length));
      }
    }
    return Optional.empty();
  }

  private Optional<String> roundTrip() throws StoreException, InterruptedException, IOException {
    String key = key("large");
    byte[] all = bytes(LARGE_BYTES);
    store.put(key, Body.of(all));
    return content(key).filter(found -> Arrays.equals(found, all)).isPresent()
        ? Optional.empty()
        : Optional.of("the bytes read are not the bytes written");
  }

  private Optional<String> delete() throws StoreException, InterruptedException {
    String key = key("deleted");
    store.put(key, Body.of(bytes(10)));
    store.delete(key);
    return store.head(key).isEmpty() && !keys(prefix, "").contains(key)
        ? Optional.empty()
        : Optional.of(
            "a deleted object is still there (a retention lock? deletions must then be expected to"
                + " fail)");
  }

  private Optional<byte[]> content(String key)
      throws StoreException, InterruptedException, IOException {
    Optional<StoredObject> object = store.get(key);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try (StoredObject open = object.get()) {
      return Optional.of(open.content().readAllBytes());
    }
  }

  // Deletes that are refused are a finding, and no reason to fail: a writer needs none.
  private void clean() throws InterruptedException {
    int left = 0;
    String reason = "";
    for (String key : made) {
      try {
        store.delete(key);
      } catch (StoreException e) {
        left++;
        reason = String.valueOf(e.getMessage());
      }
    }
    if (left > 0) {
      checks.add(
          new Check(
              "clean up",
              Result.FAILED,
              "%d objects stay under %s: %s".formatted(left, prefix, reason)));
    }
  }
}
