package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Json;
import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Proof;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.shipper.DatabaseStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A database's status as JSON and as lines for people.
final class StatusView {
  private StatusView() {}

  /// Without a proof in the background, its fields say that there is none.
  static Json json(DatabaseStatus status, Optional<ProofStatus> proof) {
    Optional<Proof> proven = proof.map(ProofStatus::proof);
    return new Json()
        .text("database", status.database().toAbsolutePath().normalize())
        .text("local", status.local())
        .text("spooled", status.spooled())
        .text("stored", status.stored())
        .number("lag_ms", status.lagMillis())
        .number("lag_transactions", status.lagTransactions())
        .number("wal_bytes", status.walBytes())
        .number("spool_bytes", status.spoolBytes())
        .text("mode", mode(status))
        .text("state", state(status))
        .text("problem", status.problem())
        .text("proven", proven.flatMap(Proof::position))
        .text("proven_at", proven.flatMap(Proof::at).map(StatusView::seconds))
        .text("proven_from", proven.filter(p -> p.position().isPresent()).map(Proof::from))
        .list("proof_problems", proven.map(StatusView::problems).orElse(List.of()));
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

  static String text(DatabaseStatus status, Optional<ProofStatus> proof) {
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
    status.problem().ifPresent(problem -> line(out, "problem", problem));
    proof.map(ProofStatus::proof).ifPresent(it -> proof(out, it));
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

  static String state(DatabaseStatus status) {
    return status.state().name().toLowerCase(Locale.ROOT);
  }

  private static String mode(DatabaseStatus status) {
    return status.fencedMode() ? "fenced" : "detect-only";
  }

  private static String position(Optional<Position> position) {
    return position.map(Position::toString).orElse("none yet");
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(name).append(" ".repeat(10 - name.length())).append(value).append('\n');
  }
}
