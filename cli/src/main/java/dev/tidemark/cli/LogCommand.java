package dev.tidemark.cli;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `log`: what can be restored from a URL.
@Command(
    name = "log",
    description = {"List every transaction that can be restored, oldest first.", ""})
final class LogCommand implements Callable<Integer> {
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

  private long listed;
  private Optional<Position> previous = Optional.empty();
  private Optional<Position> chainEnd = Optional.empty();

  @Override
  public Integer call() throws Exception {
    try (ObjectStore store = StoreLocation.open(url);
        Output output = new Output()) {
      Chain chain = LogSummary.chain(store, url);
      chain.head(store);
      new IndexFrames(store, chain.database().databaseId())
          .forEach(
              items(chain),
              (item, index) -> {
                if (objects) {
                  object(item, index, output);
                } else {
                  transactions(item, index, chain.start(), output);
                }
                return listed < limit;
              });
      output.release(System.out);
    }
    return ExitCode.DONE.status();
  }

  /// Everything for a list of objects; for transactions the covers below the chain and then the
  /// chain.
  private List<Chain.Item> items(Chain chain) {
    List<Chain.Item> items = new ArrayList<>(chain.covers());
    if (!objects) {
      items.removeIf(item -> end(item.key()).txid().compareTo(chain.start().txid()) > 0);
      items.sort(Comparator.comparing(item -> end(item.key()).txid()));
    }
    items.addAll(chain.slots());
    return items;
  }

  private static Position end(ObjectKey cover) {
    return switch (cover) {
      case ObjectKey.Merged merged -> merged.end();
      case ObjectKey.Snapshot snapshot -> snapshot.position();
      case ObjectKey.Slot slot -> slot.start();
    };
  }

  private void object(Chain.Item item, IndexFrame index, Output output) throws IOException {
    FileRow last = index.file(index.fileCount() - 1);
    if (!from.isReachedBy(index.last(), time(last))
        || !to.isNotPassedBy(index.identity().first(), time(index.file(0)))
        || listed >= limit) {
      return;
    }
    listed++;
    String kind =
        switch (item.key()) {
          case ObjectKey.Slot _ -> "segment";
          case ObjectKey.Merged _ -> "merged";
          case ObjectKey.Snapshot _ -> "snapshot";
        };
    output.line(
        json.enabled()
            ? new Json()
                .text("key", item.key().text())
                .text("kind", kind)
                .text("min_txid", index.identity().first())
                .text("max_txid", index.last())
                .text("checksum", index.after())
                .number("bytes", item.size())
            : "%-8s  %s  %s  %12d  %s"
                .formatted(
                    kind, index.identity().first(), index.end(), item.size(), item.key().text()));
  }

  private void transactions(Chain.Item item, IndexFrame index, Position start, Output output)
      throws IOException, DamagedLogException {
    checkContinues(item, index, start);
    for (int i = 0; i < index.fileCount() && listed < limit; i++) {
      FileRow row = index.file(i);
      Position position = index.position(i);
      if (!from.isReachedBy(position.txid(), time(row))
          || !to.isNotPassedBy(position.txid(), time(row))
          || position.equals(previous.orElse(Position.START))) {
        continue;
      }
      listed++;
      previous = Optional.of(position);
      output.line(json.enabled() ? line(position, row) : text(position, row));
    }
  }

  /// A hole is damage here too, never just a missing line.
  private void checkContinues(Chain.Item item, IndexFrame index, Position start)
      throws DamagedLogException {
    if (item.key() instanceof ObjectKey.Slot slot) {
      Position expected = chainEnd.orElse(start);
      if (!slot.start().equals(expected)) {
        throw new DamagedLogException(
            ObjectKey.Slot.after(expected).text(),
            "is missing: the log ends at "
                + expected
                + " and goes on at "
                + slot.start()
                + "; 'verify' says what is lost");
      }
      chainEnd = Optional.of(index.end());
    }
  }

  private static Json line(Position position, FileRow row) {
    return new Json()
        .text("txid", position.txid())
        .text("checksum", position.checksum())
        .text("timestamp", time(row))
        .number("pages", row.pages())
        .number("database_pages", row.databasePages());
  }

  private static String text(Position position, FileRow row) {
    return "%s  %s  %6d of %d pages"
        .formatted(position, time(row), row.pages(), row.databasePages());
  }

  private static Instant time(FileRow row) {
    return Instant.ofEpochMilli(row.timestampMillis());
  }
}
