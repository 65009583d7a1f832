package dev.tidemark.shipper;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread on which one database starts, beside its turns. What it comes to is told in a turn,
/// once, also if it was called off.
///
/// The methods are for turns, one thread at a time.
final class StartThread {
  private static final Logger LOG = LoggerFactory.getLogger(StartThread.class);

  private final DatabaseConfig config;
  private final Context context;
  private final StateFiles files;
  private final Turns turns;
  private final Owner owner;
  private Optional<Thread> thread = Optional.empty();
  private boolean underWay;
  private boolean calledOff;

  /// Whose start this is.
  interface Owner extends Startup.Host {
    /// The start waits for something about the database. On the thread of the start.
    void waiting(String why);

    /// In a turn; not if it was called off.
    void started(Opening.Decided decided);

    /// In a turn; empty if it was called off. Nothing that it opened is open any more.
    void startFailed(Optional<Throwable> failure);
  }

  StartThread(DatabaseConfig config, Context context, StateFiles files, Turns turns, Owner owner) {
    this.config = config;
    this.context = context;
    this.files = files;
    this.turns = turns;
    this.owner = owner;
  }

  /// Runs the start on the pool of what waits.
  void begin() {
    underWay = true;
    context.requests().execute(this::run);
  }

  /// Whether its end was not told yet.
  boolean isUnderWay() {
    return underWay;
  }

  /// Lets it end as soon as it can.
  void callOff() {
    calledOff = true;
    thread.ifPresent(Thread::interrupt);
  }

  private void run() {
    Opening opening = new Opening(config, context, files, owner::waiting);
    turns.locked(() -> {
      thread = Optional.of(Thread.currentThread());
      if (calledOff) {
        Thread.currentThread().interrupt();
      }
    });
    try {
      Opening.Decided decided =
          new Startup(opening, config.takeOver().isPresent(), owner, context.sleep()).run();
      turns.note(() -> succeeded(opening, decided));
    } catch (InterruptedException _) {
      turns.note(() -> failed(opening, Optional.empty()));
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      turns.note(() -> failed(opening, Optional.of(e)));
    }
  }

  private void succeeded(Opening opening, Opening.Decided decided) {
    if (calledOff) {
      failed(opening, Optional.empty());
    } else {
      underWay = false;
      owner.started(decided);
    }
  }

  private void failed(Opening opening, Optional<Throwable> failure) {
    underWay = false;
    try {
      opening.abandon();
    } catch (IOException e) {
      LOG.warn("{}: closing: {}", config.database(), e.getMessage());
    }
    owner.startFailed(failure);
  }
}
