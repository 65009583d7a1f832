package dev.tidemark.restore;

import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/// Restores one state into a file. Verify before visible: everything is written beside the target,
/// proven (see [StateReader]), synced, and only then given its name. On any failure the target is
/// untouched and nothing half-done is left; only a killed process leaves its temporary file, which
/// is called `.<name>.<digits>.restoring`.
public final class Restore {
  private final ObjectStore store;
  private final RestoreOptions options;

  public Restore(ObjectStore store, RestoreOptions options) {
    this.store = store;
    this.options = options;
  }

  /// Restores `target` to the file `out`.
  public RestoreResult run(RestoreTarget target, Path out)
      throws IOException,
          TargetExistsException,
          PositionNotFoundException,
          DamagedLogException,
          StoreException,
          InterruptedException {
    long started = System.nanoTime();
    RestoreTargetFile file = new RestoreTargetFile(out, options.force(), new SecureRandom());
    file.check();
    StateRead state;
    try {
      state = write(target, file);
      file.publish();
    } finally {
      file.discard();
    }
    return new RestoreResult(
        state.position(),
        Instant.ofEpochMilli(state.timestampMillis()),
        state.pages(),
        state.pages() * state.pageSize().bytes(),
        state.objects(),
        Duration.ofNanos(System.nanoTime() - started));
  }

  private StateRead write(RestoreTarget target, RestoreTargetFile file)
      throws IOException,
          PositionNotFoundException,
          DamagedLogException,
          StoreException,
          InterruptedException {
    try (FileChannel channel = file.openPartial();
        DirectFile direct = file.openDirect(channel);
        PageFile pages = new PageFile(channel, direct)) {
      StateRead state =
          new StateReader(store, options.parallelism(), options.listener()).read(target, pages);
      pages.finish();
      return state;
    } catch (ClosedByInterruptException | InterruptedIOException _) {
      Thread.interrupted();
      throw new InterruptedException("interrupted while writing");
    } catch (FileSystemException e) {
      throw new IOException(file + ": cannot be written: " + RestoreTargetFile.reason(e), e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
