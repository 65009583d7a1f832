package dev.tidemark.cli.daemon;

import dev.tidemark.shipper.ShippedDatabase;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an application that the daemon starts waits for: its first commits are to be transactions
/// of their own. A database that is not there yet is for the application to make, so it is not
/// waited for.
record FirstLooks(List<ShippedDatabase> databases) {
  private static final Logger log = LoggerFactory.getLogger(FirstLooks.class);
  private static final Duration LOOK = Duration.ofMillis(100);

  void await(BooleanSupplier stop) throws InterruptedException {
    for (ShippedDatabase database : databases) {
      while (Files.exists(database.database())
          && !database.firstLook().isDone()
          && !stop.getAsBoolean()) {
        try {
          database.firstLook().get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
          log.debug("not attached yet db={}", database.database());
        }
      }
    }
  }
}
