package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of one database in the daemon: its start, its steps, its end. Steps are taken in turns,
/// so that one thread at a time owns the database, the spool and the positions.
///
/// It ends once: first the start is over, then everything is closed, and only then [#ended] says
/// so, so that whoever waits for it finds the files free.
final class DatabaseLife {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseLife.class);

  private final DatabaseConfig config;
  private final Context context;
  private final Path folder;
  private final Closeable lock;
  private final StateFiles files;
  private final Turns turns;
  private final Waiters waiters;
  private final Activity activity;
  private final StatusBoard board = new StatusBoard();
  private final Steps steps;
  private final StartThread start;
  private Optional<Shipping> shipping = Optional.empty();
  private Optional<Optional<Throwable>> ending = Optional.empty();
  private volatile boolean open;

  /// `folder` is the state directory, held by `lock` until the end.
  DatabaseLife(DatabaseConfig config, Context context, Path folder, Closeable lock) {
    this.config = config;
    this.context = context;
    this.folder = folder;
    this.lock = lock;
    this.files = context.files().apply(folder);
    this.waiters = new Waiters(config.database());
    this.activity = new Activity(context.nanos());
    this.steps = new Steps(config, context, activity, waiters, board);
    this.turns = new Turns(context.captures(), this::turn, this::bug);
    this.start = new StartThread(config, context, files, turns, new Starting());
  }

  void start() {
    start.begin();
  }

  /// What the start has to do with the rest.
  private final class Starting implements StartThread.Owner {
    @Override
    public void waiting(String why) {
      board.problem(why);
      waiters.looked();
    }

    @Override
    public void capture(LocalState.Opened local) {
      // At once, not by a note: what this thread asks next is about this state.
      turns.locked(() -> shipping = Optional.of(shipping(local)));
      turns.poke();
    }

    @Override
    public void takeBack() {
      turns.locked(() -> {
        closeShipping();
        shipping = Optional.empty();
      });
    }

    @Override
    public boolean isOnRecord(Position position) {
      AtomicBoolean answer = new AtomicBoolean();
      turns.locked(() -> answer.set(shipping.orElseThrow().delivery().isOnRecord(position)));
      return answer.get();
    }

    @Override
    public void storeProblem(String reason) {
      turns.note(() -> shipping.ifPresent(ship -> ship.delivery().storeProblem(reason)));
    }

    @Override
    public void started(Opening.Decided decided) {
      try {
        goOn(decided);
      } catch (IOException e) {
        end(Optional.of(e));
      }
    }

    @Override
    public void startFailed(Optional<Throwable> failure) {
      if (ending.isPresent()) {
        finish();
      } else {
        end(failure);
      }
    }
  }

  private Shipping shipping(LocalState.Opened opened) {
    return new Shipping(config, context, files, opened, deliveryHost());
  }

  private void goOn(Opening.Decided decided) throws IOException {
    if (shipping.isEmpty()) {
      shipping = Optional.of(shipping(decided.opened()));
    }
    Shipping ship = shipping.get();
    WriterMode mode = decided.remote().mode();
    board.mode(mode);
    if (mode == WriterMode.DETECT_ONLY) {
      LOG.warn(
          "{} ignores put-if-absent: two writers would not be told apart (detect-only); never run"
              + " more than one",
          config.url());
    }
    ship.delivery().open(decided.remote());
    if (decided.source().isPresent()) {
      ship.attach(decided.source().get());
      steps.attached();
    }
    board.noProblem();
    open = true;
  }

  private void turn() {
    if (ending.isPresent() || shipping.isEmpty()) {
      return;
    }
    try {
      steps.step(shipping.get());
    } catch (UnsuitableDatabaseException e) {
      end(Optional.of(e));
    } catch (IOException | OutOfMemoryError e) {
      steps.failed(e);
    }
  }

  private void bug(RuntimeException e) {
    LOG.error("{}: this is a bug in Tidemark", config.database(), e);
    end(Optional.of(e));
  }

  /// Looks whether there is something to do; called every millisecond while anything goes on.
  /// Nearly free if not.
  void poll(long now) {
    if (!waiters.hasEnded()) {
      turns.ifFree(() -> look(now));
    }
  }

  private void look(long now) {
    boolean due = activity.isDue(now);
    if (ending.isEmpty() && shipping.isPresent()) {
      due |= steps.isDue(shipping.get(), now);
    }
    if (due) {
      activity.notDue();
      turns.poke();
    }
  }

  /// A file beside the database changed: it is worth looking often for a while.
  void wake(long now) {
    activity.happened(now);
  }

  /// Nothing has happened for a while and nothing is under way.
  boolean isQuiet(long now) {
    return activity.isQuiet(now);
  }

  private Delivery.Host deliveryHost() {
    return new Delivery.Host() {
      @Override
      public void inTurn(LocalWork.Work work) {
        turns.note(() -> attempt(work));
      }

      @Override
      public void fenced(String reason) {
        end(
            Optional.of(
                new FencedException(
                    "%s: fenced: %s; this writer has stopped, and nothing of it is lost: its state is in %s"
                        .formatted(config.url(), reason, folder))));
      }
    };
  }

  private void attempt(LocalWork.Work work) {
    if (ending.isEmpty()) {
      activity.happened();
      try {
        work.run();
      } catch (IOException e) {
        steps.failed(e);
      }
    }
  }

  /// Ends as soon as the start is over; the first reason counts.
  private void end(Optional<Throwable> failure) {
    if (ending.isPresent()) {
      return;
    }
    ending = Optional.of(failure);
    if (start.isUnderWay()) {
      start.callOff();
    } else {
      finish();
    }
  }

  private void finish() {
    Optional<Throwable> failure = ending.orElseThrow();
    failure.ifPresentOrElse(e -> board.problem(String.valueOf(e.getMessage())), board::noProblem);
    shipping.ifPresent(steps::publish);
    closeShipping();
    try {
      files.close();
      lock.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: closing: {}", folder, e.getMessage());
    }
    waiters.end(failure);
  }

  private void closeShipping() {
    try {
      if (shipping.isPresent()) {
        shipping.get().close();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: closing: {}", config.database(), e.getMessage());
    }
  }

  /// Asks to be answered when everything committed before has reached the request's level.
  SyncRequest request(SyncRequest request) {
    turns.note(() -> {
      activity.happened();
      waiters.add(request);
    });
    if (waiters.hasEnded()) {
      // The note may have come too late for a turn.
      waiters.refuse(request);
    }
    return request;
  }

  /// Ends without waiting for the store.
  void askToStop() {
    turns.note(() -> end(Optional.empty()));
  }

  CompletableFuture<Void> ended() {
    return waiters.ended();
  }

  CompletableFuture<Void> firstLook() {
    return waiters.firstLook();
  }

  StatusBoard board() {
    return board;
  }

  /// Whether the start is over, well.
  boolean isOpen() {
    return open;
  }

  Path database() {
    return config.database();
  }

  Path stateFolder() {
    return folder;
  }

  /// How often the database had to be read as a whole.
  long comparisons() {
    AtomicLong answer = new AtomicLong();
    turns.locked(() -> answer.set(shipping.map(Shipping::comparisons).orElse(0L)));
    return answer.get();
  }
}
