package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One event, one line. A message is a sentence that may end in `key=value` words (`stored segment
/// db=app.db txid=… bytes=…`); as JSON these become fields, so that both forms carry the same keys.
public final class LogLine extends Formatter {
  /// For people or for machines.
  public enum Format {
    TEXT,
    JSON
  }

  private static final Pattern LAST_PAIR = Pattern.compile("(?s)^(.*?) ?([a-z][a-z0-9_]*)=(\\S*)$");

  private final Format format;

  public LogLine(Format format) {
    this.format = format;
  }

  @Override
  public String format(LogRecord event) {
    return switch (format) {
      case TEXT -> text(event);
      case JSON -> json(event);
    };
  }

  private String text(LogRecord event) {
    StringBuilder line = new StringBuilder();
    line.append(event.getInstant().toString()).append(' ').append(level(event)).append(' ');
    line.append(String.join(" ", formatMessage(event).lines().toList()));
    if (event.getThrown() != null) {
      line.append(": ").append(event.getThrown());
      if (event.getLevel().intValue() <= Level.FINE.intValue()) {
        for (StackTraceElement frame : event.getThrown().getStackTrace()) {
          line.append(System.lineSeparator()).append("    at ").append(frame);
        }
      }
    }
    return line.append(System.lineSeparator()).toString();
  }

  private String json(LogRecord event) {
    String message = formatMessage(event);
    List<String[]> pairs = new ArrayList<>();
    Matcher pair = LAST_PAIR.matcher(message);
    while (pair.matches()) {
      pairs.addFirst(new String[] {pair.group(2), pair.group(3)});
      message = pair.group(1);
      pair = LAST_PAIR.matcher(message);
    }
    Json line =
        new Json()
            .text("time", event.getInstant())
            .text("level", level(event).strip().toLowerCase(java.util.Locale.ROOT))
            .text("message", message);
    for (String[] field : pairs) {
      if (field[1].matches("0|-?[1-9][0-9]{0,17}")) {
        line.number(field[0], Long.parseLong(field[1]));
      } else {
        line.text(field[0], field[1]);
      }
    }
    if (event.getThrown() != null) {
      line.text("error", event.getThrown());
    }
    return line + System.lineSeparator();
  }

  private static String level(LogRecord event) {
    int level = event.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    return level >= Level.WARNING.intValue()
        ? "WARN "
        : level >= Level.INFO.intValue() ? "INFO " : "DEBUG";
  }
}
