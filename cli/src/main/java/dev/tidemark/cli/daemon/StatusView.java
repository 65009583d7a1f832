package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Json;
import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Proof;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.shipper.AuditStatus;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.WriterMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A database's status as JSON and as lines for people.
final class StatusView {
  private StatusView() {}

  /// Without a proof or maintenance in the background, their fields say that there is none.
  static Json json(DatabaseStatus status, Background background) {
    Optional<Proof> proven = background.proof(status.database()).map(ProofStatus::proof);
    Optional<MaintenanceStatus> maintenance = background.maintenance(status.database());
    return new Json()
        .text("database", status.database().toAbsolutePath().normalize())
        .text("local", status.local())
        .text("spooled", status.spooled())
        .text("stored", status.stored())
        .number("lag_ms", status.lagMillis())
        .number("lag_transactions", status.lagTransactions())
        .number("wal_bytes", status.walBytes())
        .number("spool_bytes", status.spoolBytes())
        .text("mode", status.mode().map(StatusView::word))
        .text("state", state(status))
        .text("problem", status.problem())
        .number("audit_passes", status.audit().passes())
        .text("audit_last_pass", status.audit().lastPass())
        .number("audit_pages", status.audit().pages())
        .number("audit_mismatches", status.audit().mismatches())
        .text("proven", proven.flatMap(Proof::position))
        .text("proven_at", proven.flatMap(Proof::at).map(StatusView::seconds))
        .text("proven_from", proven.filter(p -> p.position().isPresent()).map(Proof::from))
        .list("proof_problems", proven.map(StatusView::problems).orElse(List.of()))
        .text("maintained_at", maintenance.flatMap(MaintenanceStatus::at).map(StatusView::seconds))
        .text("maintenance_problem", maintenance.flatMap(MaintenanceStatus::problem));
  }

  private static List<Json> problems(Proof proof) {
    return proof.problems().stream()
        .map(problem ->
            new Json()
                .text("key", problem.key())
                .text("problem", problem.problem())
                .text("positions", problem.positions()))
        .toList();
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  static String text(DatabaseStatus status, Background background) {
    StringBuilder out = new StringBuilder();
    line(out, "database", status.database().toAbsolutePath().normalize().toString());
    line(out, "state", state(status));
    line(out, "mode", mode(status));
    line(out, "local", position(status.local()));
    line(out, "spooled", position(status.spooled()));
    line(out, "stored", position(status.stored()));
    line(out, "lag", status.lagTransactions() + " transactions, " + status.lagMillis() + " ms");
    line(out, "wal", status.walBytes() + " bytes");
    line(out, "spool", status.spoolBytes() + " bytes");
    line(out, "audit", audit(status.audit()));
    status.problem().ifPresent(problem -> line(out, "problem", problem));
    background.proof(status.database()).ifPresent(it -> proof(out, it.proof()));
    background.maintenance(status.database()).ifPresent(it -> maintenance(out, it));
    return out.toString().stripTrailing();
  }

  private static void proof(StringBuilder out, Proof proof) {
    String at = proof.at().map(time -> " at " + seconds(time)).orElse("");
    line(out, "proven", position(proof.position()) + at);
    for (VerifyResult.Problem problem : proof.problems()) {
      line(
          out,
          "damaged",
          problem.key()
              + ": "
              + problem.problem()
              + problem.positions().map(lost -> "; lost: " + lost).orElse(""));
    }
  }

  private static void maintenance(StringBuilder out, MaintenanceStatus status) {
    String last = status.at().map(time -> "last at " + seconds(time)).orElse("still to come");
    line(out, "maintain", last + status.problem().map(what -> "; " + what).orElse(""));
  }

  static String state(DatabaseStatus status) {
    return status.state().name().toLowerCase(Locale.ROOT);
  }

  private static String word(WriterMode mode) {
    return switch (mode) {
      case FENCED -> "fenced";
      case DETECT_ONLY -> "detect-only";
    };
  }

  private static String mode(DatabaseStatus status) {
    return status
        .mode()
        .map(mode ->
            switch (mode) {
              case FENCED -> word(mode);
              case DETECT_ONLY ->
                  word(mode) + ": the store does not keep two writers apart; run one only";
            })
        .orElse("not known yet");
  }

  private static String audit(AuditStatus audit) {
    return "%d passes, the last %s; %d mismatches"
        .formatted(
            audit.passes(),
            audit.lastPass().map(time -> "at " + time).orElse("still to come"),
            audit.mismatches());
  }

  private static String position(Optional<Position> position) {
    return position.map(Position::toString).orElse("none yet");
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(name).append(" ".repeat(10 - name.length())).append(value).append('\n');
  }
}
