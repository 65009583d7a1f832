package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// A database's life, its log as a writer stores it, and maintenance of that at the times a test
/// wants. Knows what the policy promises from the transactions and segments alone.
final class MaintainRig {
  static final Id128 DATABASE = new Id128(0xabc, 0xdef);

  /// A Monday.
  static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

  private static final int PAGES_MAX = 10;

  final Random random;
  final MemoryStore store;
  PageHistory history;
  LogBuilder log;

  /// The last transaction of each segment.
  final List<Integer> ends = new ArrayList<>();

  final Map<String, Integer> pins = new HashMap<>();
  private final Path scratch;
  private volatile Instant now = START;

  MaintainRig(long seed, Path scratch) throws Exception {
    this.random = new Random(seed);
    this.scratch = scratch;
    this.store = new MemoryStore(() -> now);
    this.history = new PageHistory(new PageSize(512), random).clock(() -> now);
    this.log = new LogBuilder(store, DATABASE, history).database();
  }

  static MaintainOptions keep(String policy, RetentionSettings settings) {
    MaintainOptions all = MaintainOptions.DEFAULT;
    return new MaintainOptions(
        all.levels(), all.snapshotEvery(), Optional.of(KeepPolicy.parse(policy)), settings, false);
  }

  /// With no patience at all.
  static MaintainOptions eager(String policy) {
    return keep(policy, new RetentionSettings(Duration.ZERO, Duration.ZERO, Duration.ofHours(24)));
  }

  static MaintainOptions rehearsed(MaintainOptions options) {
    return new MaintainOptions(
        options.levels(), options.snapshotEvery(), options.keep(), options.settings(), true);
  }

  static MaintainOptions snapshots(MaintainOptions options, Duration every) {
    return new MaintainOptions(
        options.levels(), Optional.of(every), options.keep(), options.settings(), false);
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  void at(String time) {
    now = Instant.parse(time);
  }

  int shipped() {
    return ends.isEmpty() ? 0 : ends.getLast();
  }

  /// One segment of so many transactions, now.
  MaintainRig ship(int transactions) throws Exception {
    for (int i = 0; i < transactions; i++) {
      if (history.count() == 0) {
        history.full(4);
      } else {
        history.randomTransaction(PAGES_MAX);
      }
    }
    log.segment(shipped() + 1, history.count());
    ends.add(history.count());
    return this;
  }

  /// Segments of one or two transactions, a minute apart.
  void ship(int segments, Duration apart) throws Exception {
    for (int i = 0; i < segments; i++) {
      ship(1 + random.nextInt(2));
      pass(apart);
    }
  }

  /// A full transaction with another page size, in a segment of its own.
  void changePageSize(int bytes) throws Exception {
    history = new PageHistory(new PageSize(bytes), random).clock(() -> now).continuing(history);
    log = new LogBuilder(store, DATABASE, history);
    history.full(3);
    log.segment(shipped() + 1, history.count());
    ends.add(history.count());
  }

  void pin(String name, int txid) throws Exception {
    Records.createPin(
        store, new PinRecord(new RecordName(name), DATABASE, history.position(txid), now, ""));
    pins.put(name, txid);
  }

  void replica(String id, int txid, Duration expiry) {
    store.put(
        new RecordName(id).replicaKey(),
        """
        {"format":1,"database_id":"%s","id":"%s","position":"%s","applied_at":"%s","expires_at":"%s"}
        """
            .formatted(DATABASE, id, history.position(txid), now, now.plus(expiry))
            .getBytes(StandardCharsets.UTF_8));
  }

  MaintainReport run() throws Exception {
    return run(MaintainOptions.DEFAULT);
  }

  /// Nothing that may never go goes.
  MaintainReport run(MaintainOptions options) throws Exception {
    return run(watched(), options);
  }

  MaintainReport run(ObjectStore through, MaintainOptions options) throws Exception {
    return new Maintainer(through, scratch, () -> now, ReadListener.NONE).run(options);
  }

  WatchedStore watched() {
    return new WatchedStore(store, DATABASE);
  }

  void assertSettled(MaintainOptions options) throws Exception {
    WatchedStore watched = watched();
    run(watched, options);
    assertThat(watched.puts).isEmpty();
    assertThat(watched.deletes).isEmpty();
  }

  int boundary() throws Exception {
    return Records.boundaryAfter(store, 0, DATABASE)
        .map(BoundaryRecord::position)
        .map(Position::txid)
        .map(txid -> Math.toIntExact(txid.value()))
        .orElse(0);
  }

  List<String> keys(String prefix) {
    return store.objects().keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  String slot(int first) {
    return ObjectKey.Slot.after(history.position(first - 1)).text();
  }

  Instant time(int txid) {
    return Instant.ofEpochMilli(history.transaction(txid).timeMillis());
  }

  boolean restores(int txid) throws Exception {
    try {
      assertRestores(txid);
      return true;
    } catch (PositionNotFoundException | DamagedLogException _) {
      return false;
    }
  }

  void assertRestores(int txid) throws Exception {
    FileSink sink = new FileSink();
    StateRead read =
        new StateReader(store, 1, ReadListener.NONE)
            .read(new RestoreTarget.AtTxid(new Txid(txid)), sink);
    assertThat(read.position()).isEqualTo(history.position(txid));
    assertThat(sink.file()).as("transaction %d", txid).isEqualTo(history.file(txid));
  }

  void assertRestores(Set<Integer> txids) throws Exception {
    for (int txid : txids) {
      assertRestores(txid);
    }
  }

  /// What must be restorable now: every transaction of the window, of each bucket of each rule the
  /// last end of a segment, pins, and the boundary and what is above it. Holds as long as windows
  /// of the highest level lie within an hour.
  Set<Integer> promised(KeepPolicy.Rules policy) throws Exception {
    Set<Integer> promised = new TreeSet<>(pins.values());
    int boundary = boundary();
    for (int txid = 1; txid <= shipped(); txid++) {
      if (txid >= boundary || time(txid).isAfter(now.minus(policy.transactions()))) {
        promised.add(txid);
      }
    }
    promised.remove(0);
    for (KeepPolicy.Rule rule : policy.rules()) {
      Map<Object, Integer> last = new HashMap<>();
      for (int end : ends) {
        last.put(bucket(rule.unit(), time(end)), end);
      }
      for (int end : last.values()) {
        if (!time(end).isBefore(now.minus(rule.span()))) {
          promised.add(end);
        }
      }
    }
    return promised;
  }

  Set<Integer> promised(MaintainOptions options) throws Exception {
    return switch (options.keep().orElseThrow()) {
      case KeepPolicy.All _ -> promised(new KeepPolicy.Rules(Duration.ofDays(9_999), List.of()));
      case KeepPolicy.Rules rules -> promised(rules);
    };
  }

  private static Object bucket(Granularity unit, Instant time) {
    var day = time.atZone(ZoneOffset.UTC).toLocalDate();
    return switch (unit) {
      case HOURLY -> time.truncatedTo(ChronoUnit.HOURS);
      case DAILY -> day;
      case WEEKLY ->
          day.get(IsoFields.WEEK_BASED_YEAR) * 100 + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case MONTHLY -> day.withDayOfMonth(1);
      case YEARLY -> day.getYear();
    };
  }
}
