package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpEndpointsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void servesMetricsHealthAndStatus() throws Exception {
    List<dev.tidemark.shipper.ShippedDatabase> databases =
        List.of(
            new StillDatabase(Path.of("/a.db"), true), new StillDatabase(Path.of("/b.db"), false));
    try (HttpEndpoints http = HttpEndpoints.start(ANY, databases)) {
      assertThat(get(http, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(http, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(http, "/readyz").body()).isEqualTo("/b.db is outage\n");
      assertThat(get(http, "/nothing").statusCode()).isEqualTo(404);
      assertThat(get(http, "/status").body().lines())
          .hasSize(2)
          .allMatch(line -> line.startsWith("{\"database\":\""));
      assertThat(get(http, "/metrics").body())
          .contains("# TYPE tidemark_lag_seconds gauge\n")
          .contains("tidemark_lag_seconds{db=\"/b.db\"} 1.5\n")
          .contains("tidemark_txid{db=\"/a.db\",level=\"stored\"} 2\n")
          .contains("tidemark_txid{db=\"/b.db\",level=\"stored\"} 0\n")
          .contains("tidemark_state{db=\"/b.db\",state=\"outage\"} 1\n");
    }
  }

  private static HttpResponse<String> get(HttpEndpoints http, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + http.address().getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
