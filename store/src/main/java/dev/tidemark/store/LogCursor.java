package dev.tidemark.store;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Every state that can be restored, oldest first: below the boundary what merged files and
/// snapshots end with, above it every transaction. Reads one index frame after the other, as far as
/// it is asked. For one thread.
public final class LogCursor {
  private final ObjectStore store;
  private final Planner planner;
  private final Txid from;
  private final Txid to;
  private final Deque<Position> below = new ArrayDeque<>();
  private final Deque<LogEntry> entries = new ArrayDeque<>();
  private int nextSlot;
  private Position at;

  /// Both bounds belong to the range.
  public LogCursor(ObjectStore store, Chain chain, Txid from, Txid to) {
    this.store = store;
    this.planner =
        new Planner(chain, ContentsLookup.withHeaders(store, chain.database().databaseId()));
    this.from = from;
    this.to = to;
    this.at = chain.start();
    for (Position position : planner.restorableBelow()) {
      if (isWanted(position)) {
        below.add(position);
      }
    }
    // The segment before the first one that begins later holds `from`.
    while (nextSlot + 1 < chain.slots().size()
        && planner.slot(nextSlot + 1).first().compareTo(from) <= 0) {
      nextSlot++;
      at = planner.slot(nextSlot).start();
    }
  }

  public LogCursor(ObjectStore store, Chain chain) {
    this(store, chain, Txid.ZERO, new Txid(Long.MAX_VALUE));
  }

  /// Empty at the end of the range or of the log. A hole ends it with an exception, after
  /// everything before the hole was given out.
  public Optional<LogEntry> next()
      throws DamagedLogException, StoreException, InterruptedException {
    while (entries.isEmpty()) {
      if (!below.isEmpty()) {
        entries.add(cover(below.remove()));
      } else if (!slot()) {
        return Optional.empty();
      }
    }
    return Optional.of(entries.remove());
  }

  private LogEntry cover(Position position)
      throws DamagedLogException, StoreException, InterruptedException {
    List<Chain.Item> items = planner.coversEndingAt(position);
    for (Chain.Item item : items) {
      Optional<Contents> contents = planner.contents(item);
      if (contents.isPresent()) {
        return entry(position, contents.get().file(0), Optional.empty());
      }
    }
    ObjectKey key = items.getFirst().key();
    throw new DamagedLogException(key.text(), planner.damage(key).orElse("cannot be read"));
  }

  /// Adds what is wanted of the next segment; false if there is no more.
  private boolean slot() throws DamagedLogException, StoreException, InterruptedException {
    if (nextSlot == planner.chain().slots().size()
        || planner.slot(nextSlot).first().compareTo(to) > 0) {
      return false;
    }
    if (!planner.slot(nextSlot).start().equals(at)) {
      throw new Holes(planner).missingAfter(at);
    }
    Chain.Item item = planner.chain().slots().get(nextSlot);
    Optional<Contents> contents = planner.contents(item);
    if (contents.isEmpty()) {
      throw new Holes(planner).refusal(nextSlot);
    }
    for (int i = 0; i < contents.get().fileCount(); i++) {
      if (isWanted(contents.get().position(i))) {
        entries.add(
            entry(
                contents.get().position(i),
                contents.get().file(i),
                Optional.of(kind(item.key(), contents.get(), i))));
      }
    }
    at = contents.get().end();
    nextSlot++;
    return true;
  }

  private boolean isWanted(Position position) {
    return position.txid().compareTo(from) >= 0 && position.txid().compareTo(to) <= 0;
  }

  /// Attach, resync and promotion stand alone in their segments.
  private TransactionKind kind(ObjectKey key, Contents contents, int i)
      throws DamagedLogException, StoreException, InterruptedException {
    if (contents.fileCount() > 1) {
      return contents.position(i).txid().value() == 1
          ? TransactionKind.ATTACH
          : TransactionKind.COMMIT;
    }
    Optional<LtxHeader> header = contents.header();
    if (header.isEmpty()) {
      header = ObjectIndex.header(store, key.text());
    }
    if (header.isEmpty()) {
      throw new DamagedLogException(key.text(), "is missing");
    }
    return TransactionKind.of(header.get(), contents.file(i).pages());
  }

  private static LogEntry entry(Position position, FileRow row, Optional<TransactionKind> kind) {
    return new LogEntry(position, row.timestampMillis(), row.pages(), row.databasePages(), kind);
  }
}
