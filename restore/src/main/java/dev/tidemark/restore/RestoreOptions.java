package dev.tidemark.restore;

import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StateReader;

/// How to restore. `force` permits to replace what stands at the target; `parallelism` is how many
/// downloads run at once.
public record RestoreOptions(boolean force, int parallelism, ReadListener listener) {
  public static final RestoreOptions DEFAULT =
      new RestoreOptions(false, StateReader.PARALLELISM, ReadListener.NONE);

  public RestoreOptions {
    if (parallelism < 1 || parallelism > 64) {
      throw new IllegalArgumentException("parallelism must be 1 to 64, found " + parallelism);
    }
  }

  public RestoreOptions withForce() {
    return new RestoreOptions(true, parallelism, listener);
  }
}
