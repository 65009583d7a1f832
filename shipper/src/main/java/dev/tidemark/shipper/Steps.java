package dev.tidemark.shipper;

import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps of one database between its start and its end: when one is due, and what it does. Each
/// takes what is committed, puts the next segment on its way, and tells those who wait.
///
/// For turns, one thread at a time.
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private final DatabaseConfig config;
  private final Context context;
  private final Activity activity;
  private final Waiters waiters;
  private final StatusBoard board;
  private final Intake intake;

  Steps(
      DatabaseConfig config,
      Context context,
      Activity activity,
      Waiters waiters,
      StatusBoard board) {
    this.config = config;
    this.context = context;
    this.activity = activity;
    this.waiters = waiters;
    this.board = board;
    this.intake = new Intake(config, context);
  }

  /// The start has attached to the database already.
  void attached() {
    intake.attached();
    waiters.looked();
  }

  /// Whether something has happened that asks for a step. Nearly free if not.
  boolean isDue(Shipping ship, long now) {
    boolean paused = intake.isPaused(now);
    boolean work =
        ship.isWaitedFor(now, paused) || (!paused && ship.isDue(now, waiters.syncs().isFlushing()));
    if (work) {
      activity.happened(now);
    }
    return work || (!paused && ship.pinWantsMove());
  }

  /// UnsuitableDatabaseException: what is there now needs a person.
  void step(Shipping ship) throws IOException, UnsuitableDatabaseException {
    SyncRequests syncs = waiters.syncs();
    intake.run(ship, syncs, activity.isQuiet(activity.now()));
    syncs.stored(ship.delivery().knownStored());
    ship.ship(syncs.isFlushing());
    publish(ship);
    intake.problem().ifPresentOrElse(board::problem, board::noProblem);
    if (ship.capture().isPresent() || intake.problem().isPresent()) {
      waiters.looked();
    }
    long due = ship.nextDue(activity.now());
    activity.dueAt(ship.capture().isPresent() ? due : Math.min(due, intake.attachAt()));
  }

  void publish(Shipping ship) {
    board.publish(ship, context.clock().millis());
  }

  /// A step, or something beside it, failed on this machine.
  void failed(Throwable e) {
    String text = Intake.reason(e);
    if (board.problem(text)) {
      LOG.warn("{}: {}; trying again", config.database(), text);
    }
    activity.dueAt(activity.now() + Shipping.IDLE_NANOS);
  }
}
