package dev.tidemark.cli.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// `replicate --http`: `/metrics`, `/healthz` (the process lives), `/readyz` (every database is
/// being shipped) and `/status` (one JSON line per database).
final class HttpEndpoints implements AutoCloseable {
  private final HttpServer server;

  private HttpEndpoints(HttpServer server) {
    this.server = server;
  }

  /// Takes the address, before anything else is begun; whoever connects waits for [#serve].
  static HttpEndpoints bind(InetSocketAddress address) throws CommandException {
    try {
      return new HttpEndpoints(HttpServer.create(address, 0));
    } catch (IOException | UnresolvedAddressException e) {
      String why = Optional.ofNullable(e.getMessage()).orElse("the host is unknown");
      throw new CommandException(
          ExitCode.USAGE,
          "cannot listen at %s:%d for HTTP: %s; give another address"
              .formatted(address.getHostString(), address.getPort(), why),
          e);
    }
  }

  void serve(List<ShippedDatabase> databases, Background background) {
    List<ShippedDatabase> served = List.copyOf(databases);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> handle(exchange, served, background));
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private static void handle(
      HttpExchange exchange, List<ShippedDatabase> databases, Background background)
      throws IOException {
    try (exchange) {
      boolean reads = exchange.getRequestMethod().equals("GET");
      Response response =
          reads
              ? answer(exchange.getRequestURI().getPath(), databases, background)
              : Response.refused(405, "only GET");
      byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", response.contentType());
      exchange.sendResponseHeaders(response.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Response answer(
      String path, List<ShippedDatabase> databases, Background background) {
    List<DatabaseStatus> statuses = databases.stream().map(ShippedDatabase::status).toList();
    return switch (path) {
      case "/metrics" ->
          Response.text(Metrics.of(statuses, background).stripTrailing()).as(Metrics.CONTENT_TYPE);
      case "/healthz" -> Response.text("ok");
      case "/readyz" -> readiness(statuses);
      case "/status" ->
          Response.json(
              statuses.stream()
                  .map(status -> StatusView.json(status, background).toString())
                  .collect(Collectors.joining("\n")));
      default -> Response.refused(404, "there are /metrics, /healthz, /readyz and /status");
    };
  }

  private static Response readiness(List<DatabaseStatus> statuses) {
    String waiting =
        statuses.stream()
            .filter(status -> !isShipped(status))
            .map(HttpEndpoints::reason)
            .collect(Collectors.joining("\n"));
    return waiting.isEmpty() ? Response.text("ok") : Response.refused(503, waiting);
  }

  /// Whatever keeps it from its work counts, also when the store is there: a full disk, a missing
  /// file.
  private static boolean isShipped(DatabaseStatus status) {
    boolean runs = status.state() == ShipperState.SHIPPING || status.state() == ShipperState.IDLE;
    return runs && status.problem().isEmpty();
  }

  private static String reason(DatabaseStatus status) {
    return status.database()
        + " is "
        + StatusView.state(status)
        + status.problem().map(problem -> ": " + problem).orElse("");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
