package dev.tidemark.cli.daemon;

import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShipperState;
import dev.tidemark.shipper.WriterMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// The daemon's figures in Prometheus' text format.
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final List<DatabaseStatus> databases;
  private final StringBuilder out = new StringBuilder();

  private Metrics(List<DatabaseStatus> databases) {
    this.databases = databases;
  }

  static String of(List<DatabaseStatus> databases) {
    Metrics metrics = new Metrics(databases);
    metrics.gauge(
        "lag_seconds", "Age of the oldest transaction not yet stored.", s -> s.lagMillis() / 1e3);
    metrics.gauge(
        "lag_transactions", "Transactions not yet stored.", DatabaseStatus::lagTransactions);
    metrics.gauge("wal_bytes", "Size of the write-ahead log.", DatabaseStatus::walBytes);
    metrics.gauge("spool_bytes", "Size of the local spool.", DatabaseStatus::spoolBytes);
    metrics.modes();
    metrics.txids();
    metrics.states();
    return metrics.out.toString();
  }

  private void gauge(String name, String help, ToDoubleFunction<DatabaseStatus> value) {
    head(name, help);
    for (DatabaseStatus status : databases) {
      sample(name, label("db", status.database().toString()), value.applyAsDouble(status));
    }
  }

  /// Nothing until the store was asked.
  private void modes() {
    head("fenced_mode", "1 if the store refuses a second writer.");
    for (DatabaseStatus status : databases) {
      status
          .mode()
          .ifPresent(mode ->
              sample(
                  "fenced_mode",
                  label("db", status.database().toString()),
                  mode == WriterMode.FENCED ? 1 : 0));
    }
  }

  private void txids() {
    head("txid", "Number of the last transaction at each durability level.");
    for (DatabaseStatus status : databases) {
      txid(status, "captured", status.local());
      txid(status, "spooled", status.spooled());
      txid(status, "stored", status.stored());
    }
  }

  private void txid(DatabaseStatus status, String level, Optional<Position> position) {
    String labels = label("db", status.database().toString()) + "," + label("level", level);
    sample("txid", labels, position.map(p -> p.txid().value()).orElse(0L));
  }

  private void states() {
    head("state", "1 for the state that the database is in.");
    for (DatabaseStatus status : databases) {
      for (ShipperState state : ShipperState.values()) {
        String name = state.name().toLowerCase(Locale.ROOT);
        String labels = label("db", status.database().toString()) + "," + label("state", name);
        sample("state", labels, status.state() == state ? 1 : 0);
      }
    }
  }

  private void head(String name, String help) {
    out.append("# HELP tidemark_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE tidemark_").append(name).append(" gauge\n");
  }

  private void sample(String name, String labels, double value) {
    out.append("tidemark_").append(name).append('{').append(labels).append("} ");
    out.append(value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value));
    out.append('\n');
  }

  private static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + "\"";
  }
}
