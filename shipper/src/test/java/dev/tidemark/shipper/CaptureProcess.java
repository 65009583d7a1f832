package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import dev.tidemark.store.testing.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;

/// A process that captures a database into its state directory, and stores nothing: a [Capture]
/// with its spool. All of it happens on the thread of the test.
final class CaptureProcess implements AutoCloseable {
  private static final long ROOM = 1L << 30;

  private final StateFiles files;
  private final Spool spool;
  private final Capture capture;

  /// `comparing` hears of each comparison of the whole database. Nothing is captured yet.
  CaptureProcess(Path state, Source source, InstantSource clock, Runnable comparing)
      throws IOException {
    files = new DiskFiles(state);
    spool = SpoolModel.open(files, Position.START);
    Overrun overrun = new Overrun(config(source.path()), files);
    capture =
        new Capture(
            source, spool, files, context(source, clock), new CommitTimes(), comparing, overrun);
  }

  private static DatabaseConfig config(Path database) {
    return new DatabaseConfig(
        database,
        new MemoryStore(),
        "bucket",
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        ROOM,
        ROOM,
        Optional.empty());
  }

  private static Context context(Source source, InstantSource clock) {
    return new Context(
        clock,
        () -> clock.millis() * 1_000_000L,
        _ -> {},
        new SplittableRandom(5),
        _ -> source,
        DiskFiles::new,
        Runnable::run,
        Runnable::run,
        Runnable::run,
        new IoBudget(1));
  }

  Capture capture() {
    return capture;
  }

  Spool spool() {
    return spool;
  }

  StateFiles files() {
    return files;
  }

  /// Takes what is committed. False: there was nothing new.
  boolean takes() throws Exception {
    capture.wal().observe();
    return capture.capture();
  }

  @Override
  public void close() throws IOException {
    capture.close();
    spool.close();
    files.close();
  }
}
