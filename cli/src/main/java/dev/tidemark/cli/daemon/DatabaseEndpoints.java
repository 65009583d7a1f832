package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Json;
import dev.tidemark.cli.Words;
import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.shipper.ShippedDatabase;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// What the control socket of one database answers: `GET /status`, `POST
/// /sync?level=stored&timeout=10s`.
final class DatabaseEndpoints implements Endpoints {
  private final ShippedDatabase database;
  private final Background background;

  DatabaseEndpoints(ShippedDatabase database, Background background) {
    this.database = database;
    this.background = background;
  }

  @Override
  public Response answer(Request request) throws InterruptedException {
    return switch (request.method() + " " + request.path()) {
      case "GET /status" -> status(request);
      case "POST /sync" -> sync(request);
      default -> Response.refused(404, "no such endpoint; there are GET /status and POST /sync");
    };
  }

  private Response status(Request request) {
    return request.json()
        ? Response.json(StatusView.json(database.status(), background))
        : Response.text(StatusView.text(database.status(), background));
  }

  private Response sync(Request request) throws InterruptedException {
    DurabilityLevel level;
    Duration timeout;
    try {
      level = Words.level(request.query().getOrDefault("level", "stored"));
      timeout = Words.duration(request.query().getOrDefault("timeout", "10s"));
    } catch (IllegalArgumentException e) {
      return Response.refused(400, String.valueOf(e.getMessage()));
    }
    try {
      Position position = database.sync(level, timeout);
      return request.json()
          ? Response.json(json(position, level))
          : Response.text(position.toString());
    } catch (TimeoutException e) {
      return Response.failed(new CommandException(ExitCode.TIMED_OUT, late(level, timeout), e));
    } catch (FencedException e) {
      return Response.failed(e);
    } catch (IllegalStateException e) {
      return Response.failed(Optional.ofNullable(e.getCause()).orElse(e));
    }
  }

  /// What is waited for, and why it does not come.
  private String late(DurabilityLevel level, Duration timeout) {
    String problem = database.status().problem().map(reason -> ": " + reason).orElse("");
    return "%s: not everything was %s within %d ms%s"
        .formatted(
            database.database(),
            level.name().toLowerCase(Locale.ROOT),
            timeout.toMillis(),
            problem.isEmpty() ? "; give it a longer --timeout" : problem);
  }

  private static Json json(Position position, DurabilityLevel level) {
    return new Json()
        .text("position", position)
        .text("txid", position.txid())
        .text("checksum", position.checksum())
        .text("level", level.name().toLowerCase(Locale.ROOT));
  }
}
