package dev.tidemark.cli.daemon;

import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.ShippedDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

/// Another database, which drains for ever.
record NeverDrained(StillDatabase still) implements ShippedDatabase {
  @Override
  public Path stateFolder() {
    return database().resolveSibling(".state");
  }

  @Override
  public Path database() {
    return still.database();
  }

  @Override
  public DatabaseStatus status() {
    return still.status();
  }

  @Override
  public Position sync(DurabilityLevel level, Duration timeout) throws TimeoutException {
    return still.sync(level, timeout);
  }

  @Override
  public CompletableFuture<Void> ended() {
    return still.ended();
  }

  @Override
  public boolean drain(Duration timeout) throws InterruptedException {
    new CountDownLatch(1).await();
    return false;
  }
}
