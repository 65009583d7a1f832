package dev.tidemark.cli.daemon;

import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log that a database is being shipped, once it is, and until then what is waited for.
/// Nothing if it ends before: then the reason is the only line.
record Announcement(ShippedDatabase database, String url) implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Announcement.class);
  private static final Duration LOOK_FIRST = Duration.ofMillis(50);
  private static final Duration LOOK_LATER = Duration.ofSeconds(1);

  @Override
  public void run() {
    CompletableFuture<Void> ended = database.ended();
    Optional<String> told = Optional.empty();
    DatabaseStatus status = database.status();
    for (Duration pause = LOOK_FIRST; status.state() == ShipperState.STARTING; ) {
      if (hasEnded(ended, pause)) {
        return;
      }
      status = database.status();
      if (pause.equals(LOOK_LATER) && !status.problem().equals(told)) {
        told = status.problem();
        told.ifPresent(problem -> log.info("{} db={}", problem, database.database()));
      }
      pause = pause.multipliedBy(2).compareTo(LOOK_LATER) < 0 ? pause.multipliedBy(2) : LOOK_LATER;
    }
    if (!ended.isDone()) {
      log.info("shipping to {} db={}", url, database.database());
    }
  }

  private static boolean hasEnded(CompletableFuture<Void> ended, Duration patience) {
    try {
      ended.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException _) {
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
