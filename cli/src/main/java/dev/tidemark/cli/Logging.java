package dev.tidemark.cli;

import dev.tidemark.cli.daemon.LogLine;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// Sets up `java.util.logging`, which all modules log to: silent for commands that end by
/// themselves, one event per line on stderr for the daemon.
public final class Logging {
  private Logging() {}

  /// A command's own messages are enough, unless it is being debugged.
  static void quiet(boolean debug) {
    if (debug) {
      configure(new LogLine(LogLine.Format.TEXT), Level.FINE);
    } else {
      LogManager.getLogManager().reset();
      Logger.getLogger("").setLevel(Level.OFF);
    }
  }

  public static void daemon(LogLine.Format format, boolean debug) {
    configure(new LogLine(format), debug ? Level.FINE : Level.INFO);
  }

  private static void configure(LogLine line, Level own) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    Logger.getLogger("dev.tidemark").setLevel(own);
    Handler handler = new ConsoleHandler();
    handler.setFormatter(line);
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
  }
}
