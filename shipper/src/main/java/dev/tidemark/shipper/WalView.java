package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalIndexHeader;
import java.time.InstantSource;
import java.util.Optional;

/// What the wal-index says is committed, against what is captured. Cheap; one thread at a time.
final class WalView {
  private final Source source;
  private final Spool spool;
  private final CommitTimes times;
  private final InstantSource clock;
  private Optional<WalIndexHeader> latest = Optional.empty();
  private boolean moved;

  WalView(Source source, Spool spool, CommitTimes times, InstantSource clock) {
    this.source = source;
    this.spool = spool;
    this.times = times;
    this.clock = clock;
  }

  /// Looks at the wal-index; true if there is something committed that is not captured. Costs some
  /// nanoseconds when nothing changed.
  boolean observe() {
    moved = source.changed();
    if (moved) {
      Optional<WalIndexHeader> now = source.header();
      if (now.isPresent()) {
        latest = now;
        times.saw(now.get().salts(), now.get().mxFrame(), clock.millis());
      }
    }
    return latest.isPresent() && !isAllCaptured();
  }

  /// Whether something was committed between the last two looks, whoever looked.
  boolean hasMoved() {
    return moved;
  }

  /// The header as it is now; empty while it cannot be told what is committed.
  Optional<WalIndexHeader> read() {
    Optional<WalIndexHeader> now = source.header();
    latest = now.or(() -> latest);
    return now;
  }

  /// The header as it was last seen.
  Optional<WalIndexHeader> latest() {
    return latest;
  }

  /// Whether everything that was seen is captured, if anything was.
  boolean isAllCaptured() {
    return latest.isPresent() && isCaptured(latest.get());
  }

  /// What is still in a buffer after a failed write does not count: the WAL has to keep it.
  private boolean isCaptured(WalIndexHeader header) {
    CaptureCursor cursor = spool.cursor();
    return spool.isFlushed()
        && header.salts() == cursor.salts()
        && header.mxFrame() == cursor.frame();
  }

  /// Frames in the WAL that count.
  long frames() {
    return latest.map(WalIndexHeader::mxFrame).orElse(0L);
  }

  /// Transactions committed and not captured, as far as it can be told: at least one if there are
  /// such frames.
  long backlogTransactions() {
    long frames = backlogFrames();
    if (frames <= 0) {
      return 0;
    }
    CaptureCursor cursor = spool.cursor();
    boolean counted = cursor.changes() != CaptureCursor.CHANGES_UNKNOWN;
    long since = (latest.orElseThrow().iChange() - cursor.changes()) & 0xFFFF_FFFFL;
    return counted && latest.get().salts() == cursor.salts() ? Math.clamp(since, 1, frames) : 1;
  }

  /// Frames committed and not captured.
  long backlogFrames() {
    if (latest.isEmpty()) {
      return 0;
    }
    CaptureCursor cursor = spool.cursor();
    return frames() - (latest.get().salts() == cursor.salts() ? cursor.frame() : 0);
  }

  long backlogBytes() {
    return backlogFrames() * WalFormat.frameBytes(source.pageSize());
  }

  /// Bytes of the WAL in use.
  long bytes() {
    return frames() == 0 ? 0 : WalFormat.frameOffset(frames() + 1, source.pageSize());
  }

  /// Whether everything that was seen is in the database file.
  boolean isBackfilled() {
    return latest.isPresent() && source.nBackfill() == frames();
  }
}
