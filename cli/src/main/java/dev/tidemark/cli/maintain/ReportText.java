package dev.tidemark.cli.maintain;

import dev.tidemark.cli.Json;
import dev.tidemark.retention.Decision;
import dev.tidemark.retention.MaintainReport;
import dev.tidemark.store.Counted;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.StoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a run of maintenance did, for people and for scripts.
record ReportText(String url, boolean dryRun, MaintainReport report, StoreMeter meter) {

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (MaintainReport.Made made : report.made()) {
      lines.add(
          dryRun
              ? "make      %s of %s, %s"
                  .formatted(made.key().text(), inputs(made), bytes(made.inputBytes()))
              : "made      %s of %s: %s instead of %d"
                  .formatted(
                      made.key().text(), inputs(made), bytes(made.bytes()), made.inputBytes()));
    }
    if (dryRun) {
      report.decisions().forEach(decision -> lines.add(line(decision)));
    }
    if (!report.boundaryReason().isEmpty()) {
      lines.add(
          report
              .boundary()
              .map(to -> "boundary  %s: %s".formatted(to, report.boundaryReason()))
              .orElse("boundary  stays: " + report.boundaryReason()));
    }
    if (!report.decisions().isEmpty()) {
      lines.add(
          dryRun
              ? "delete    %s, %s".formatted(objects(drops().size()), bytes(dropBytes()))
              : "deleted   %s, %s"
                  .formatted(objects(report.deleted()), bytes(report.deletedBytes())));
    }
    report
        .refused()
        .forEach(kept -> lines.add("refused   %s: %s".formatted(kept.key(), kept.reason())));
    if (report.abortedUploads() > 0) {
      lines.add(
          "aborted   %s that never ended".formatted(Counted.of(report.abortedUploads(), "upload")));
    }
    report.restorable().forEach(what -> lines.add("keeps     " + what));
    if (!report.ok()) {
      lines.add(
          "loses     what the %s on the error stream %s"
              .formatted(
                  Counted.of(report.problems().size(), "problem"),
                  report.problems().size() == 1 ? "names" : "name"));
    }
    report.notes().forEach(note -> lines.add("note      " + note));
    lines.add("requests  " + requests());
    return lines;
  }

  private static String inputs(MaintainReport.Made made) {
    return objects(made.inputs());
  }

  private static String objects(long number) {
    return Counted.of(number, "object");
  }

  private static String bytes(long number) {
    return Counted.of(number, "byte");
  }

  private static String line(Decision decision) {
    return "%-8s  %s, %s: %s"
        .formatted(
            decision.isKept() ? "keep" : "drop",
            decision.item().key().text(),
            bytes(decision.item().size()),
            decision.reason());
  }

  private List<Decision> drops() {
    return report.decisions().stream().filter(decision -> !decision.isKept()).toList();
  }

  private long dropBytes() {
    return drops().stream().mapToLong(decision -> decision.item().size()).sum();
  }

  private String requests() {
    List<String> words = new ArrayList<>();
    for (StoreRequest kind : StoreRequest.values()) {
      if (meter.requests(kind) > 0) {
        words.add(meter.requests(kind) + " " + name(kind).replace('_', '-'));
      }
    }
    return "%s; %s up, %d down"
        .formatted(String.join(", ", words), bytes(meter.bytesUp()), meter.bytesDown());
  }

  private static String name(StoreRequest kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  Json json() {
    Json requests = new Json();
    for (StoreRequest kind : StoreRequest.values()) {
      requests.number(name(kind), meter.requests(kind));
    }
    requests.number("bytes_up", meter.bytesUp()).number("bytes_down", meter.bytesDown());
    return new Json()
        .text("url", url)
        .truth("dry_run", dryRun)
        .truth("ok", report.ok())
        .list("made", report.made().stream().map(ReportText::json).toList())
        .text("boundary", report.boundary())
        .text("boundary_reason", report.boundaryReason())
        .number("deleted", dryRun ? drops().size() : report.deleted())
        .number("deleted_bytes", dryRun ? dropBytes() : report.deletedBytes())
        .list(
            "refused",
            report.refused().stream()
                .map(it -> new Json().text("key", it.key()).text("reason", it.reason()))
                .toList())
        .number("aborted_uploads", report.abortedUploads())
        .list("objects", report.decisions().stream().map(ReportText::json).toList())
        .list(
            "restorable",
            report.restorable().stream()
                .map(it ->
                    new Json()
                        .text("what", it.what())
                        .number("positions", it.positions())
                        .number("unread", it.unread())
                        .text("since", it.since()))
                .toList())
        .list(
            "problems",
            report.problems().stream()
                .map(it -> new Json().text("key", it.key()).text("problem", it.reason()))
                .toList())
        .texts("notes", report.notes())
        .object("requests", requests);
  }

  private static Json json(MaintainReport.Made made) {
    return new Json()
        .text("key", made.key().text())
        .number("inputs", made.inputs())
        .number("input_bytes", made.inputBytes())
        .number("bytes", made.bytes());
  }

  private static Json json(Decision decision) {
    return new Json()
        .text("key", decision.item().key().text())
        .number("bytes", decision.item().size())
        .text("action", decision.isKept() ? "keep" : "drop")
        .text("reason", decision.reason())
        .texts(
            "because_of",
            decision.justification().stream().map(item -> item.key().text()).toList());
  }
}
