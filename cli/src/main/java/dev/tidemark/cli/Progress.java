package dev.tidemark.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

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
  private final boolean always;
  private final long started = System.nanoTime();
  private long drawn = started;
  private boolean dirty;
  private Optional<At> last = Optional.empty();

  /// `done` of `total` units (0 = unknown) of what `verb` says.
  private record At(String verb, long done, long total, String unit) {}

  public Progress(PrintStream out, Mode mode, boolean terminal) {
    this.out = out;
    this.shown = mode == Mode.ALWAYS || (mode == Mode.AUTO && terminal);
    this.always = mode == Mode.ALWAYS;
    this.inPlace = terminal;
  }

  /// `done` of `total` units (0 = unknown) of what `verb` says, such as "restoring".
  public synchronized void at(String verb, long done, long total, String unit) {
    last = Optional.of(new At(verb, done, total, unit));
    long now = System.nanoTime();
    Duration pause = inPlace ? REDRAW : NEW_LINE;
    if (shown && now - drawn >= pause.toNanos()) {
      drawn = now;
      draw(last.get());
    }
  }

  private void draw(At at) {
    long perSecond = (long) (at.done() / Math.max(1e-3, (System.nanoTime() - started) / 1e9));
    String share =
        at.total() > 0 ? " of " + at.total() + " (" + at.done() * 100 / at.total() + "%)" : "";
    String line = at.verb() + " " + at.done() + share + " " + at.unit() + ", " + perSecond + "/s";
    if (inPlace) {
      out.print("\r\u001b[K" + line);
      out.flush();
      dirty = true;
    } else {
      out.println(line);
    }
    last = Optional.empty();
  }

  /// Leaves the terminal's line empty. Where lines stay, the last one says how far it came, however
  /// short the work was.
  @Override
  public synchronized void close() {
    if (always && !inPlace) {
      last.ifPresent(this::draw);
    }
    if (dirty) {
      out.print("\r\u001b[K");
      out.flush();
      dirty = false;
    }
  }
}
