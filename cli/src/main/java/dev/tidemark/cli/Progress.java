package dev.tidemark.cli;

import java.io.PrintStream;
import java.time.Duration;

/// One line on stderr that shows how far long work has come: redrawn in place on a terminal, a new
/// line every few seconds elsewhere. May be told from any thread.
public final class Progress implements AutoCloseable {
  /// When to show it.
  public enum Mode {
    AUTO,
    ALWAYS,
    NEVER
  }

  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration NEW_LINE = Duration.ofSeconds(5);

  private final PrintStream out;
  private final boolean shown;
  private final boolean inPlace;
  private final long started = System.nanoTime();
  private long drawn = started;
  private boolean dirty;

  public Progress(PrintStream out, Mode mode, boolean terminal) {
    this.out = out;
    this.shown = mode == Mode.ALWAYS || (mode == Mode.AUTO && terminal);
    this.inPlace = terminal;
  }

  /// `done` of `total` units (0 = unknown) of what `verb` says, such as "restoring".
  public synchronized void at(String verb, long done, long total, String unit) {
    long now = System.nanoTime();
    Duration pause = inPlace ? REDRAW : NEW_LINE;
    if (!shown || now - drawn < pause.toNanos()) {
      return;
    }
    drawn = now;
    long perSecond = (long) (done / Math.max(1e-3, (now - started) / 1e9));
    String share = total > 0 ? " of " + total + " (" + done * 100 / total + "%)" : "";
    String line = verb + " " + done + share + " " + unit + ", " + perSecond + "/s";
    if (inPlace) {
      out.print("\r\u001b[K" + line);
      out.flush();
      dirty = true;
    } else {
      out.println(line);
    }
  }

  /// Leaves the terminal's line empty.
  @Override
  public synchronized void close() {
    if (dirty) {
      out.print("\r\u001b[K");
      out.flush();
      dirty = false;
    }
  }
}
