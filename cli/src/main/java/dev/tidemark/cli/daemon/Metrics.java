package dev.tidemark.cli.daemon;

import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShipperState;
import dev.tidemark.shipper.WriterMode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The daemon's figures in Prometheus' text format.
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final List<DatabaseStatus> databases;
  private final Background background;
  private final StringBuilder out = new StringBuilder();

  private Metrics(List<DatabaseStatus> databases, Background background) {
    this.databases = databases;
    this.background = background;
  }

  static String of(List<DatabaseStatus> databases, Background background) {
    Metrics metrics = new Metrics(databases, background);
    metrics.gauge(
        "lag_seconds", "Age of the oldest transaction not yet stored.", s -> s.lagMillis() / 1e3);
    metrics.gauge(
        "lag_transactions", "Transactions not yet stored.", DatabaseStatus::lagTransactions);
    metrics.gauge("wal_bytes", "Size of the write-ahead log.", DatabaseStatus::walBytes);
    metrics.gauge("spool_bytes", "Size of the local spool.", DatabaseStatus::spoolBytes);
    metrics.modes();
    metrics.audits();
    metrics.txids();
    metrics.states();
    metrics.proofs();
    metrics.maintenance();
    return metrics.out.toString();
  }

  private void audits() {
    counter(
        "audit_passes_total", "Self-audits of the whole database file.", s -> s.audit().passes());
    counter("audit_pages_total", "Pages that were compared.", s -> s.audit().pages());
    counter(
        "audit_mismatches_total",
        "Changes without a commit that were found and shipped.",
        s -> s.audit().mismatches());
    gauge(
        "audit_last_pass_timestamp_seconds",
        "When the last self-audit was complete; 0 before.",
        s -> s.audit().lastPass().map(Instant::toEpochMilli).orElse(0L) / 1e3);
  }

  private void gauge(String name, String help, ToDoubleFunction<DatabaseStatus> value) {
    samples(name, help, "gauge", value);
  }

  private void counter(String name, String help, ToDoubleFunction<DatabaseStatus> value) {
    samples(name, help, "counter", value);
  }

  private void samples(
      String name, String help, String type, ToDoubleFunction<DatabaseStatus> value) {
    head(name, help, type);
    for (DatabaseStatus status : databases) {
      sample(name, label("db", status.database().toString()), value.applyAsDouble(status));
    }
  }

  /// Nothing until the store was asked.
  private void modes() {
    head("fenced_mode", "1 if the store refuses a second writer.", "gauge");
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
    head("txid", "Number of the last transaction at each durability level.", "gauge");
    for (DatabaseStatus status : databases) {
      txid(status, "captured", status.local());
      txid(status, "spooled", status.spooled());
      txid(status, "stored", status.stored());
      background
          .proof(status.database())
          .ifPresent(proof -> txid(status, "proven", proof.proof().position()));
    }
  }

  private void txid(DatabaseStatus status, String level, Optional<Position> position) {
    String labels = label("db", status.database().toString()) + "," + label("level", level);
    sample("txid", labels, position.map(p -> p.txid().value()).orElse(0L));
  }

  private void states() {
    head("state", "1 for the state that the database is in.", "gauge");
    for (DatabaseStatus status : databases) {
      for (ShipperState state : ShipperState.values()) {
        String name = state.name().toLowerCase(Locale.ROOT);
        String labels = label("db", status.database().toString()) + "," + label("state", name);
        sample("state", labels, status.state() == state ? 1 : 0);
      }
    }
  }

  /// Nothing where nothing is proven in the background.
  private void proofs() {
    proof(
        "proven_timestamp_seconds",
        "When the last transaction was proven.",
        "gauge",
        proof -> proof.proof().at().map(at -> at.toEpochMilli() / 1e3).orElse(0.0));
    proof(
        "proof_problems",
        "What is wrong with the log in the store.",
        "gauge",
        proof -> proof.proof().problems().size());
    proof("proof_read_bytes_total", "Bytes read back to prove.", "counter", ProofStatus::readBytes);
  }

  /// Nothing where the daemon does not maintain anything.
  private void maintenance() {
    background(
        "maintenance_runs_total",
        "Runs of maintenance that have ended.",
        "counter",
        background::maintenance,
        MaintenanceStatus::runs);
    background(
        "maintenance_failures_total",
        "Runs that failed, or found damage.",
        "counter",
        background::maintenance,
        MaintenanceStatus::failures);
    background(
        "maintained_timestamp_seconds",
        "When a run last did all that it could; 0 before.",
        "gauge",
        background::maintenance,
        status -> status.at().map(at -> at.toEpochMilli() / 1e3).orElse(0.0));
  }

  private void proof(String name, String help, String type, ToDoubleFunction<ProofStatus> value) {
    background(name, help, type, background::proof, value);
  }

  /// What there is for some databases only.
  private <T> void background(
      String name,
      String help,
      String type,
      Function<Path, Optional<T>> found,
      ToDoubleFunction<T> value) {
    boolean isFirst = true;
    for (DatabaseStatus status : databases) {
      Optional<T> state = found.apply(status.database());
      if (state.isPresent()) {
        if (isFirst) {
          head(name, help, type);
          isFirst = false;
        }
        sample(name, label("db", status.database().toString()), value.applyAsDouble(state.get()));
      }
    }
  }

  private void head(String name, String help, String type) {
    out.append("# HELP tidemark_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE tidemark_").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, String labels, double value) {
    out.append("tidemark_").append(name).append('{').append(labels).append("} ");
    out.append(value == Math.rint(value) ? Long.toString((long) value) : decimal(value));
    out.append('\n');
  }

  /// Without an exponent, which nobody reads easily.
  private static String decimal(double value) {
    return BigDecimal.valueOf(value).toPlainString();
  }

  private static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + "\"";
  }
}
