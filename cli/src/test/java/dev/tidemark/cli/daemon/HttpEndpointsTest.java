package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Proof;
import dev.tidemark.restore.VerifyResult;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpEndpointsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;

  @Test
  void servesMetricsHealthAndStatus() throws Exception {
    Path a = folder.resolve("a.db");
    Path b = folder.resolve("b.db");
    try (ShippedFile well = ShippedFile.start(a);
        ShippedFile cutOff = ShippedFile.start(b);
        HttpEndpoints http = HttpEndpoints.bind(ANY)) {
      http.serve(List.of(well.database(), cutOff.database()), Background.NONE);
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
      cutOff.loseStore();
      assertThat(get(http, "/readyz").body())
          .startsWith(b + " is outage: ")
          .contains("does not exist")
          .hasLineCount(1);
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(http, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(http, "/nothing").statusCode()).isEqualTo(404);
      assertThat(get(http, "/status").body().lines())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("{\"database\":\"" + a + "\",\"local\":\"0000000000000001/");
      assertThat(get(http, "/metrics").body())
          .doesNotContain("proven", "proof", "maint")
          .contains("# TYPE tidemark_lag_seconds gauge\n")
          .contains("tidemark_lag_transactions{db=\"" + a + "\"} 0\n")
          .contains("tidemark_lag_transactions{db=\"" + b + "\"} 1\n")
          .contains("tidemark_txid{db=\"" + b + "\",level=\"spooled\"} 2\n")
          .contains("tidemark_txid{db=\"" + b + "\",level=\"stored\"} 1\n")
          .contains("# TYPE tidemark_audit_mismatches_total counter\n")
          .contains("tidemark_audit_mismatches_total{db=\"" + a + "\"} 0\n")
          .contains("tidemark_state{db=\"" + b + "\",state=\"outage\"} 1\n");
    }
  }

  @Test
  void isNotReadyWhileItsOwnSideHasAProblem() throws Exception {
    Path file = folder.resolve("app.db");
    try (ShippedFile shipped = ShippedFile.start(file);
        HttpEndpoints http = HttpEndpoints.bind(ANY)) {
      http.serve(List.of(shipped.database()), Background.NONE);
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
      shipped.loseDatabase();
      HttpResponse<String> ready = get(http, "/readyz");
      assertThat(ready.body()).startsWith(file + " is ").contains("does not exist; waiting for it");
      assertThat(ready.statusCode()).isEqualTo(503);
    }
  }

  @Test
  void showsWhatIsProvenAndStaysReadyWithADamagedLog() throws Exception {
    Path file = folder.resolve("a.db");
    Position position = Position.parse("000000000000000a/8000000000000001");
    VerifyResult.Problem problem =
        new VerifyResult.Problem("log/x", "is missing", Optional.of("b to c"));
    Proof proof =
        new Proof(
            Position.START,
            Optional.of(position),
            Optional.of(Instant.parse("2026-01-02T03:04:05.678Z")),
            List.of(problem));
    try (ShippedFile shipped = ShippedFile.start(file);
        HttpEndpoints http = HttpEndpoints.bind(ANY)) {
      http.serve(
          List.of(shipped.database()),
          new Background(
              _ -> Optional.of(new ProofStatus(proof, 123_456_789_012L)),
              MaintenanceStatus.Board.NONE));
      assertThat(get(http, "/status").body())
          .contains("\"proven\":\"" + position + "\",\"proven_at\":\"2026-01-02T03:04:05Z\"")
          .endsWith(
              "\"proof_problems\":[{\"key\":\"log/x\",\"problem\":\"is missing\","
                  + "\"positions\":\"b to c\"}],"
                  + "\"maintained_at\":null,\"maintenance_problem\":null}\n");
      assertThat(get(http, "/metrics").body())
          .contains("tidemark_txid{db=\"" + file + "\",level=\"proven\"} 10\n")
          .contains("tidemark_proven_timestamp_seconds{db=\"" + file + "\"} 1767323045.678\n")
          .contains("tidemark_proof_problems{db=\"" + file + "\"} 1\n")
          .contains("# TYPE tidemark_proof_read_bytes_total counter\n")
          .contains("tidemark_proof_read_bytes_total{db=\"" + file + "\"} 123456789012\n");
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(http, "/healthz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void showsHowMaintenanceGoes() throws Exception {
    Path file = folder.resolve("a.db");
    MaintenanceStatus status =
        new MaintenanceStatus(
            Optional.of(Instant.parse("2026-01-02T03:04:05.678Z")), 7, 2, Optional.of("no room"));
    try (ShippedFile shipped = ShippedFile.start(file);
        HttpEndpoints http = HttpEndpoints.bind(ANY)) {
      http.serve(
          List.of(shipped.database()),
          new Background(ProofStatus.Board.NONE, _ -> Optional.of(status)));
      assertThat(get(http, "/status").body())
          .endsWith(
              "\"maintained_at\":\"2026-01-02T03:04:05Z\",\"maintenance_problem\":\"no room\"}\n");
      assertThat(get(http, "/metrics").body())
          .contains("# TYPE tidemark_maintenance_runs_total counter\n")
          .contains("tidemark_maintenance_runs_total{db=\"" + file + "\"} 7\n")
          .contains("tidemark_maintenance_failures_total{db=\"" + file + "\"} 2\n")
          .contains("tidemark_maintained_timestamp_seconds{db=\"" + file + "\"} 1767323045.678\n");
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void saysThatTheAddressCannotBeHad() throws Exception {
    try (HttpEndpoints http = HttpEndpoints.bind(ANY)) {
      assertRefused(http.address(), "cannot listen at ", ":" + http.address().getPort() + " for");
    }
    assertRefused(
        InetSocketAddress.createUnresolved("nowhere.invalid", 80),
        "cannot listen at nowhere.invalid:80 for HTTP: ",
        "; give another address");
  }

  private static void assertRefused(InetSocketAddress address, String... message) {
    assertThatThrownBy(() -> HttpEndpoints.bind(address))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContainingAll(message);
  }

  private static HttpResponse<String> get(HttpEndpoints http, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + http.address().getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
