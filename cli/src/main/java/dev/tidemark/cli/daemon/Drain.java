package dev.tidemark.cli.daemon;

import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.ShippedDatabase;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ships what is left of all databases, and says of each how that ended.
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  /// Without its state folder a database can store nothing more that has to go through the spool.
  private static final Duration PATIENCE_WITHOUT_STATE = Duration.ofSeconds(2);

  private final Duration timeout;

  Drain(Duration timeout) {
    this.timeout = timeout;
  }

  /// DONE if everything is stored, TIMED_OUT if something is left in a spool, FAILED if it is not
  /// even there.
  ExitCode all(List<ShippedDatabase> databases) throws InterruptedException {
    List<ExitCode> ends = new ArrayList<>();
    try (ExecutorService drains = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ExitCode>> pending = new ArrayList<>();
      for (ShippedDatabase database : databases) {
        if (!database.ended().isDone()) {
          pending.add(drains.submit(() -> one(database)));
        }
      }
      for (Future<ExitCode> drain : pending) {
        ends.add(drain.get());
      }
    } catch (ExecutionException e) {
      log.error("draining failed: {}", String.valueOf(e.getCause()));
      return ExitCode.FAILED;
    }
    if (ends.contains(ExitCode.FAILED)) {
      return ExitCode.FAILED;
    }
    return ends.contains(ExitCode.TIMED_OUT) ? ExitCode.TIMED_OUT : ExitCode.DONE;
  }

  private ExitCode one(ShippedDatabase database) throws InterruptedException {
    if (database.drain(patience(database))) {
      log.info("everything is stored db={}", database.database());
      return ExitCode.DONE;
    }
    if (!hasState(database) && database.status().lagTransactions() == 0) {
      log.warn(
          "everything is stored; but {} was deleted while it was in use, and the next start"
              + " compares the database with the log db={}",
          database.stateFolder(),
          database.database());
      return ExitCode.DONE;
    }
    if (!hasState(database)) {
      log.error(
          "not everything is stored, and the spool is gone: {} was deleted while it was in use. The"
              + " commits are in the database; the next start compares it with the log, and names"
              + " the --take-over that continues it db={}",
          database.stateFolder(),
          database.database());
      return ExitCode.FAILED;
    }
    log.warn(
        "not everything is stored after {} s; the rest is in the spool and goes first next time"
            + " db={}",
        timeout.toSeconds(),
        database.database());
    return ExitCode.TIMED_OUT;
  }

  private Duration patience(ShippedDatabase database) {
    boolean hopeless = !hasState(database) && timeout.compareTo(PATIENCE_WITHOUT_STATE) > 0;
    return hopeless ? PATIENCE_WITHOUT_STATE : timeout;
  }

  private static boolean hasState(ShippedDatabase database) {
    return Files.isDirectory(database.stateFolder());
  }
}
