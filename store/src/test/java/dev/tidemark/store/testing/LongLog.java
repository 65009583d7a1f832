package dev.tidemark.store.testing;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// The log of a small database over a long time, in memory, stored upload by upload as a writer
/// does; and the time by which it is written and maintained. Remembers the last days, and what the
/// database was at the end of each hour.
public final class LongLog {
  public static final Id128 DATABASE = new Id128(0x10, 0x109);

  private static final PageSize PAGE_SIZE = new PageSize(512);
  private static final int PAGES_MAX = 10;
  private static final Duration REMEMBERED = Duration.ofDays(3);

  /// No object but a segment is larger: the whole database as it is, with some bytes for each page,
  /// and an index frame.
  public static final long COVER_BYTES_MAX = PAGES_MAX * (512L + 32) + 1_024;

  private final MemoryStore store = new MemoryStore(this::now);
  private final TreeMap<Integer, Instant> hourEnds = new TreeMap<>();
  private final Map<Integer, byte[]> files = new HashMap<>();
  private final PageHistory history;
  private final LogBuilder log;
  private volatile Instant now;
  private Instant lastHour = Instant.MIN;
  private int lastHourEnd;
  private int oldest = 1;

  public LongLog(long seed, Instant start) throws Exception {
    this.now = start;
    this.history = new PageHistory(PAGE_SIZE, new Random(seed)).clock(this::now);
    this.log = new LogBuilder(store, DATABASE, history).database();
  }

  public MemoryStore store() {
    return store;
  }

  public PageHistory history() {
    return history;
  }

  public Instant now() {
    return now;
  }

  public void at(Instant time) {
    if (time.isBefore(now)) {
      throw new IllegalArgumentException("it is " + now + ", later than " + time);
    }
    now = time;
  }

  /// The last transaction of each hour, and its time.
  public SortedMap<Integer, Instant> hourEnds() {
    return Collections.unmodifiableSortedMap(hourEnds);
  }

  /// The database after a transaction of the last days, or the last one of an hour.
  public byte[] file(int txid) {
    byte[] file = files.get(txid);
    return file != null ? file : history.file(txid);
  }

  /// What is committed, and stored as a segment.
  public ObjectKey ship(BusyDays.Upload upload) throws Exception {
    int before = history.count();
    for (Instant commit : upload.commits()) {
      at(commit.isAfter(now) ? commit : now);
      if (history.count() == 0) {
        history.full(PAGES_MAX / 2);
      } else {
        history.randomTransaction(PAGES_MAX);
      }
    }
    at(upload.at());
    ObjectKey key = log.segment(before + 1, history.count());
    remember();
    return key;
  }

  private void remember() {
    int last = history.count();
    Instant time = time(last);
    Instant hour = time.truncatedTo(ChronoUnit.HOURS);
    if (hour.equals(lastHour)) {
      hourEnds.remove(lastHourEnd);
      files.remove(lastHourEnd);
    }
    lastHour = hour;
    lastHourEnd = last;
    hourEnds.put(last, time);
    files.put(last, history.file(last));
    while (time(oldest).isBefore(now.minus(REMEMBERED))) {
      oldest++;
    }
    history.forget(oldest - 1);
  }

  public Instant time(int txid) {
    return Instant.ofEpochMilli(history.transaction(txid).timeMillis());
  }
}
