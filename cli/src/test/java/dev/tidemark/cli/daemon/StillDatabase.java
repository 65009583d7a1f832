package dev.tidemark.cli.daemon;

import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// A shipped database in which nothing happens. It reaches SPOOLED at once and STORED only if the
/// store answers.
final class StillDatabase implements ShippedDatabase {
  static final Position POSITION = Position.parse("0000000000000002/8000000000000001");

  private final Path database;
  private final boolean storeAnswers;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  StillDatabase(Path database, boolean storeAnswers) {
    this.database = database;
    this.storeAnswers = storeAnswers;
  }

  @Override
  public Path stateFolder() {
    return database().resolveSibling(".state");
  }

  @Override
  public Path database() {
    return database;
  }

  @Override
  public DatabaseStatus status() {
    return new DatabaseStatus(
        database,
        Optional.of(POSITION),
        Optional.of(POSITION),
        storeAnswers ? Optional.of(POSITION) : Optional.empty(),
        storeAnswers ? 0 : 1500,
        storeAnswers ? 0 : 2,
        4152,
        17,
        true,
        storeAnswers ? ShipperState.IDLE : ShipperState.OUTAGE,
        storeAnswers ? Optional.empty() : Optional.of("no route"));
  }

  @Override
  public Position sync(DurabilityLevel level, Duration timeout) throws TimeoutException {
    if (level == DurabilityLevel.STORED && !storeAnswers) {
      throw new TimeoutException(database + ": not stored within " + timeout.toMillis() + " ms");
    }
    return POSITION;
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public boolean drain(Duration timeout) {
    ended.complete(null);
    return storeAnswers;
  }
}
