package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Json;
import dev.tidemark.ltx.Position;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.WriterMode;
import java.util.Locale;
import java.util.Optional;

/// A database's status as JSON and as lines for people.
final class StatusView {
  private StatusView() {}

  static Json json(DatabaseStatus status) {
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
        .text("problem", status.problem());
  }

  static String text(DatabaseStatus status) {
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
    return out.toString().stripTrailing();
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

  private static String position(Optional<Position> position) {
    return position.map(Position::toString).orElse("none yet");
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(name).append(" ".repeat(10 - name.length())).append(value).append('\n');
  }
}
