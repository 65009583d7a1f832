package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The two logs of the spool, which take turns: one takes what is captured while segments are made
/// of the other. All transactions of the older one come before those of the newer one; it is empty
/// while nothing is sealed.
final class SpoolLogs implements AutoCloseable {
  static final List<String> FILES = List.of("spool.log", "spool-2.log");

  private SpoolLog older;
  private SpoolLog newer;

  SpoolLogs(StateFiles files) throws IOException {
    older = new SpoolLog(files, FILES.getFirst());
    newer = new SpoolLog(files, FILES.getLast());
  }

  /// Reads what an earlier run left; see [SpoolLog#recover].
  void recover(Position known, TableReplay replay) throws IOException {
    if (newer.firstTxid() < older.firstTxid()) {
      swap();
    }
    older.recover(known, replay);
    newer.recover(older.isEmpty() ? known : older.end(), replay);
  }

  private Stream<SpoolLog> both() {
    return Stream.of(older, newer);
  }

  private Optional<SpoolLog> first() {
    return both().filter(log -> !log.isEmpty()).findFirst();
  }

  private Optional<SpoolLog> last() {
    return Optional.of(newer).filter(log -> !log.isEmpty()).or(this::first);
  }

  boolean isEmpty() {
    return older.isEmpty() && newer.isEmpty();
  }

  long bytes() {
    return older.bytes() + newer.bytes();
  }

  boolean has(Position position) {
    return both().anyMatch(log -> log.has(position));
  }

  Optional<Long> firstTimestampMillis() {
    return first().map(SpoolLog::firstTimestampMillis);
  }

  Optional<Long> lastTimestampMillis() {
    return last().map(SpoolLog::lastTimestampMillis);
  }

  Optional<Position> end() {
    return last().map(SpoolLog::end);
  }

  /// The page size of the last transaction.
  Optional<PageSize> pageSize() {
    return last().map(SpoolLog::pageSize);
  }

  boolean isFlushed() {
    return older.isFlushed() && newer.isFlushed();
  }

  void flush() throws IOException {
    older.flush();
    newer.flush();
  }

  boolean isSynced() {
    return older.isSynced() && newer.isSynced();
  }

  /// Whether a sync cannot make all of this durable any more.
  boolean isSuspect() {
    return older.isSuspect() || newer.isSuspect();
  }

  void sync() throws IOException {
    for (SpoolLog log : List.of(older, newer)) {
      if (!log.isSynced()) {
        log.sync();
      }
    }
  }

  /// The log that takes a transaction; empty if segments have to be made first.
  Optional<SpoolLog> taking(PageSize pageSize, long length) {
    boolean full = newer.holdsWholeSegment() || !newer.takes(pageSize, length);
    if (full && older.isEmpty()) {
      swap();
    }
    return Optional.of(newer).filter(log -> log.takes(pageSize, length));
  }

  /// The log with the oldest transactions, which takes no more from now on.
  SpoolLog sealed() {
    if (older.isEmpty()) {
      swap();
    }
    return older;
  }

  private void swap() {
    SpoolLog empty = older;
    older = newer;
    newer = empty;
  }

  /// Whether a segment could not take more than what waits.
  boolean holdsWholeSegment() {
    return older.holdsWholeSegment() || newer.holdsWholeSegment();
  }

  /// Forgets the transactions up to a position, which are stored.
  void dropUpTo(Position stored) throws IOException {
    older.dropUpTo(stored);
    newer.dropUpTo(stored);
  }

  @Override
  public void close() throws IOException {
    try {
      older.close();
    } finally {
      newer.close();
    }
  }
}
