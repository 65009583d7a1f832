package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Json;
import dev.tidemark.cli.Words;
import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.shipper.ShippedDatabase;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/// What the control socket of one database answers: `GET /status`, `POST
/// /sync?level=stored&timeout=10s`.
final class DatabaseEndpoints implements Endpoints {
  private final ShippedDatabase database;

  DatabaseEndpoints(ShippedDatabase database) {
    this.database = database;
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
        ? Response.json(StatusView.json(database.status()))
        : Response.text(StatusView.text(database.status()));
  }

  private Response sync(Request request) throws InterruptedException {
    DurabilityLevel level;
    Duration timeout;
    try {
      String name = request.query().getOrDefault("level", "stored");
      level = DurabilityLevel.valueOf(name.toUpperCase(Locale.ROOT));
      timeout = Words.duration(request.query().getOrDefault("timeout", "10s"));
    } catch (IllegalArgumentException e) {
      return Response.refused(400, String.valueOf(e.getMessage()));
    }
    try {
      Position position = database.sync(level, timeout);
      return request.json()
          ? Response.json(json(position, level))
          : Response.text(position.toString());
    } catch (TimeoutException | FencedException e) {
      return Response.failed(e);
    }
  }

  private static Json json(Position position, DurabilityLevel level) {
    return new Json()
        .text("position", position)
        .text("txid", position.txid())
        .text("checksum", position.checksum())
        .text("level", level.name().toLowerCase(Locale.ROOT));
  }
}
