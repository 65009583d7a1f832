package dev.tidemark.store.probe;

import dev.tidemark.store.Body;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Several writers put one key at the same moment, if absent, a few times with a new key. A store
/// that checks first and writes then passes every quiet test, and is caught here only.
final class Duel implements Trial {
  /// Enough for a put to take a while at the server.
  private static final int BYTES = 32 << 10;

  private final ObjectStore through;
  private final ProbeFolder folder;
  private final int writers;
  private final int rounds;
  private final String name;

  /// `through` is the store to put to, maybe in another way than it is read by the folder.
  Duel(ObjectStore through, ProbeFolder folder, int writers, int rounds, String name) {
    this.through = through;
    this.folder = folder;
    this.writers = writers;
    this.rounds = rounds;
    this.name = name;
  }

  @Override
  public Optional<String> run() throws StoreException, InterruptedException, IOException {
    for (int round = 1; round <= rounds; round++) {
      Optional<String> wrong = round(folder.key(name + "-" + round));
      if (wrong.isPresent()) {
        return wrong;
      }
      if (Thread.interrupted()) {
        // Nothing in a round has to notice, if its writers are fast enough.
        throw new InterruptedException("interrupted in a duel");
      }
    }
    return Optional.empty();
  }

  private Optional<String> round(String key)
      throws StoreException, InterruptedException, IOException {
    List<PutOutcome> outcomes = compete(key);
    long winners = outcomes.stream().filter(PutOutcome.STORED::equals).count();
    if (winners > 1) {
      return Optional.of(
          "%d of %d writers were told that they had won: the store checks first and writes then, two"
                  .formatted(winners, writers)
              + " writers are not kept apart");
    }
    if (winners == 1) {
      byte[] winner = content(outcomes.indexOf(PutOutcome.STORED));
      return folder.holds(key, winner)
          ? Optional.empty()
          : Optional.of("what is stored is not the winner's");
    }
    if (outcomes.contains(PutOutcome.UNCLEAR)) {
      throw new StoreException(Kind.UNAVAILABLE, "no writer got a clear answer");
    }
    return Optional.of("every writer was told that the key exists, and none had stored it");
  }

  private List<PutOutcome> compete(String key) throws StoreException, InterruptedException {
    CyclicBarrier start = new CyclicBarrier(writers);
    List<Future<PutOutcome>> running = new ArrayList<>();
    List<PutOutcome> outcomes = new ArrayList<>();
    // Closing waits for the last of them: no put may come after the cleaning.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < writers; i++) {
        byte[] mine = content(i);
        running.add(threads.submit(() -> put(key, mine, start)));
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

  /// Each on a connection of its own, which is made before the start.
  private PutOutcome put(String key, byte[] mine, CyclicBarrier start)
      throws StoreException, InterruptedException {
    try {
      try {
        var _ = through.head(key);
      } finally {
        start.await();
      }
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException(e);
    } catch (StoreException _) {
      // Only the connection was wanted; who may not read may still write.
    }
    return through.putIfAbsent(key, Body.of(mine));
  }

  private static byte[] content(int writer) {
    byte[] bytes = new byte[BYTES];
    Arrays.fill(bytes, (byte) (writer + 1));
    return bytes;
  }
}
