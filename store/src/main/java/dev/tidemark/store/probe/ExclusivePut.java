package dev.tidemark.store.probe;

import dev.tidemark.store.Body;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Puts a key twice, if absent: the first put must be stored, the second one refused without a
/// trace.
final class ExclusivePut implements Trial {
  private static final int BYTES = 100;
  private static final int ATTEMPTS = 3;

  /// Some stores take one write a second for a key.
  private static final Duration PAUSE = Duration.ofMillis(1_200);

  private final ObjectStore through;
  private final ProbeFolder folder;
  private final Pauses pauses;
  private final String name;

  /// `through` is the store to put to, maybe in another way than it is read by the folder.
  ExclusivePut(ObjectStore through, ProbeFolder folder, Pauses pauses, String name) {
    this.through = through;
    this.folder = folder;
    this.pauses = pauses;
    this.name = name;
  }

  @Override
  public Optional<String> run() throws StoreException, InterruptedException, IOException {
    for (int attempt = 1; ; attempt++) {
      String key = folder.key(name + "-" + attempt);
      byte[] first = folder.bytes(BYTES);
      PutOutcome created = through.putIfAbsent(key, Body.of(first));
      if (created == PutOutcome.PRESENT) {
        return Optional.of("a key that was never used is said to exist");
      }
      if (created == PutOutcome.STORED) {
        return again(key, first);
      }
      checkAttempt(attempt);
    }
  }

  private Optional<String> again(String key, byte[] first)
      throws StoreException, InterruptedException, IOException {
    for (int attempt = 1; ; attempt++) {
      PutOutcome again = through.putIfAbsent(key, folder.body(BYTES));
      if (again == PutOutcome.STORED) {
        return Optional.of(
            "the store ignores the condition and overwrites: two writers are not kept apart");
      }
      if (!folder.holds(key, first)) {
        return Optional.of("a put that was not acknowledged changed an object that existed");
      }
      if (again == PutOutcome.PRESENT) {
        return Optional.empty();
      }
      checkAttempt(attempt);
    }
  }

  private void checkAttempt(int attempt) throws StoreException, InterruptedException {
    if (attempt == ATTEMPTS) {
      throw new StoreException(
          Kind.UNAVAILABLE, "no clear answer (timeout, lost connection or server error)");
    }
    pauses.pause(PAUSE);
  }
}
