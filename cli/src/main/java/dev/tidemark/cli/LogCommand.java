package dev.tidemark.cli;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.LogCursor;
import dev.tidemark.store.LogEntry;
import dev.tidemark.store.LogObject;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `log`: what can be restored from a URL.
@Command(
    name = "log",
    description = {
      "List every transaction that can be restored, oldest first.",
      "Each has a kind: commit; attach, the whole database; resync, the difference after a time in",
      "which nobody watched; promotion, a new writer and no change.",
      ""
    })
final class LogCommand implements Callable<Integer> {
  private static final int LOOKS_MAX = 3;

  /// Takes what is to be printed.
  interface Lines {
    void line(Object line) throws IOException;
  }

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "URL", description = "Where the log lies.")
  String url;

  @Option(
      names = "--from",
      paramLabel = "TXID|TIME",
      description = "Begin with this transaction, or the first one of this time or later.")
  LogBound from = LogBound.NONE;

  @Option(
      names = "--to",
      paramLabel = "TXID|TIME",
      description = "End with this transaction, or the last one not later than this time.")
  LogBound to = LogBound.NONE;

  @Option(names = "--limit", paramLabel = "N", description = "List at most so many.")
  long limit = Long.MAX_VALUE;

  @Option(names = "--objects", description = "List the objects instead of the transactions.")
  boolean objects;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws Exception {
    new Usage(spec).refuse(limit < 0, "--limit must not be negative");
    return StoreLocation.reading(url, this::list);
  }

  private int list() throws Exception {
    try (ObjectStore store = StoreLocation.open(url)) {
      for (int look = 1; ; look++) {
        try (Output output = new Output()) {
          if (isListed(store, output::line, look == LOOKS_MAX)) {
            output.release();
            return ExitCode.DONE.status();
          }
        }
      }
    }
  }

  /// Looks once. False: something that was listed is gone, and the lines are worth nothing. It may
  /// be retention that has replaced it; the next look then shows by what.
  boolean isListed(ObjectStore store, Lines lines, boolean isLastLook) throws Exception {
    Chain chain = LogSummary.chain(store, url);
    AtomicBoolean isAnyGone = new AtomicBoolean();
    ObjectStore noting = new GoneNoting(store, isAnyGone);
    try {
      if (objects) {
        objects(chain, ContentsLookup.of(noting, chain.database().databaseId()), lines);
      } else {
        transactions(noting, chain, lines);
      }
      return true;
    } catch (DamagedLogException e) {
      if (isLastLook || !isAnyGone.get()) {
        throw e;
      }
      return false;
    }
  }

  /// Notes whether anything that is asked for is not there. Several threads ask.
  private static final class GoneNoting extends PassingStore {
    private final AtomicBoolean isAnyGone;

    GoneNoting(ObjectStore store, AtomicBoolean isAnyGone) {
      super(store);
      this.isAnyGone = isAnyGone;
    }

    @Override
    public Optional<Slice> get(String key, ByteRange range)
        throws StoreException, InterruptedException {
      Optional<Slice> found = super.get(key, range);
      if (found.isEmpty()) {
        isAnyGone.set(true);
      }
      return found;
    }
  }

  private void transactions(ObjectStore store, Chain chain, Lines lines)
      throws DamagedLogException, StoreException, IOException, InterruptedException {
    LogCursor cursor =
        new LogCursor(
            store,
            chain,
            from.txid().orElse(Txid.ZERO),
            to.txid().orElse(new Txid(Long.MAX_VALUE)));
    Optional<LogEntry> next = cursor.next();
    for (long listed = 0; next.isPresent() && listed < limit; next = cursor.next()) {
      Instant time = Instant.ofEpochMilli(next.get().timestampMillis());
      if (to.isBefore(time)) {
        return;
      }
      if (!from.isAfter(time)) {
        lines.line(json.enabled() ? json(next.get(), time) : text(next.get(), time));
        listed++;
      }
    }
  }

  private static Json json(LogEntry entry, Instant time) {
    return new Json()
        .text("txid", entry.position().txid())
        .text("checksum", entry.position().checksum())
        .text("timestamp", time)
        .number("pages", entry.pages())
        .number("database_pages", entry.databasePages())
        .text("kind", entry.kind().map(LogCommand::word));
  }

  private static String text(LogEntry entry, Instant time) {
    return "%s  %s  %-9s  %6d of %d pages"
        .formatted(
            entry.position(),
            time,
            entry.kind().map(LogCommand::word).orElse(""),
            entry.pages(),
            entry.databasePages());
  }

  /// Objects have ranges of transactions, so bounds by time do not apply to them.
  private void objects(Chain chain, ContentsLookup lookup, Lines lines)
      throws DamagedLogException, StoreException, IOException, InterruptedException {
    long listed = 0;
    for (LogObject object : LogObject.all(chain, lookup)) {
      boolean wanted =
          object.end().txid().compareTo(from.txid().orElse(Txid.ZERO)) >= 0
              && object.first().compareTo(to.txid().orElse(object.first())) <= 0;
      if (wanted && listed < limit) {
        lines.line(json.enabled() ? json(object) : text(object));
        listed++;
      }
    }
  }

  private static Json json(LogObject object) {
    return new Json()
        .text("key", object.key().text())
        .text("kind", kind(object))
        .text("min_txid", object.first())
        .text("max_txid", object.end().txid())
        .text("checksum", object.end().checksum())
        .number("bytes", object.bytes());
  }

  private static String text(LogObject object) {
    return "%-8s  %s  %s  %12d  %s"
        .formatted(kind(object), object.first(), object.end(), object.bytes(), object.key().text());
  }

  private static String kind(LogObject object) {
    return word(object.kind());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
