package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.Plan;
import dev.tidemark.store.Planner;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.testing.BusyDays;
import dev.tidemark.store.testing.LongLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// A long log and who maintains it; what may be stored of it at most, by the rules of
/// docs/retention.md, from what was uploaded alone.
final class LongLife {
  /// What one run was asked to do, and what it asked of the store.
  record Work(long segments, long requests, long bytesDown, long bytesUp) {}

  private record Upload(Instant at, long bytes) {}

  private static final long RECORD_BYTES_MAX = 256;

  final LongLog log;
  final Random random;
  private final Path scratch;
  private final MaintainOptions options;

  /// By their last transaction.
  private final TreeMap<Integer, Upload> uploads = new TreeMap<>();

  private int maintained;
  private int runs;

  LongLife(long seed, Path scratch, MaintainOptions options) throws Exception {
    this.log = new LongLog(seed, MaintainRig.START);
    this.random = new Random(seed);
    this.scratch = scratch;
    this.options = options;
  }

  int head() {
    return log.history().count();
  }

  void ship(BusyDays.Upload upload) throws Exception {
    ObjectKey key = log.ship(upload);
    uploads.put(head(), new Upload(log.now(), log.store().bytes(key.text()).length));
  }

  void ship(Instant at) throws Exception {
    ship(new BusyDays.Upload(at, List.of(at)));
  }

  Work maintain() throws Exception {
    StoreMeter meter = new StoreMeter();
    MaintainReport report =
        new Maintainer(new MeteredStore(log.store(), meter), scratch, log::now, ReadListener.NONE)
            .run(options);
    assertThat(report.problems()).isEmpty();
    int segments = uploads.tailMap(maintained, false).size();
    maintained = head();
    runs++;
    return new Work(segments, meter.requests(), meter.bytesDown(), meter.bytesUp());
  }

  /// How many segments were stored since the last run.
  int unmaintained() {
    return uploads.tailMap(maintained, false).size();
  }

  /// How many segments hold what is after one transaction and up to another.
  int segments(int after, int txid) {
    int last = uploads.tailMap(txid, true).firstKey();
    return uploads.subMap(after, false, last, true).size();
  }

  Plan plan(int txid) throws Exception {
    Chain chain = Chain.read(log.store()).orElseThrow();
    return new Planner(chain, ContentsLookup.of(log.store(), LongLog.DATABASE))
        .plan(new RestoreTarget.AtTxid(new Txid(txid)));
  }

  int boundary() throws Exception {
    return (int) Chain.read(log.store()).orElseThrow().start().txid().value();
  }

  void assertRestores(int txid) throws Exception {
    FileSink sink = new FileSink();
    new StateReader(log.store(), 1, ReadListener.NONE)
        .read(new RestoreTarget.AtTxid(new Txid(txid)), sink);
    assertThat(sink.file()).as("transaction %d", txid).isEqualTo(log.file(txid));
  }

  private int count(String prefix) {
    return (int) log.store().objects().keySet().stream().filter(k -> k.startsWith(prefix)).count();
  }

  int covers() {
    return count(ObjectKey.MERGED) + count(ObjectKey.SNAPSHOTS);
  }

  private Collection<Upload> since(Duration age) {
    Instant since = log.now().minus(age);
    return uploads.values().stream().filter(upload -> !upload.at().isBefore(since)).toList();
  }

  private static long distinct(Collection<Upload> of, ToLongFunction<Instant> bucket) {
    return of.stream().mapToLong(upload -> bucket.applyAsLong(upload.at())).distinct().count();
  }

  /// Right after a run; there is one each `runEvery`.
  void assertBounded(Duration runEvery) {
    KeepPolicy.Rules rules = (KeepPolicy.Rules) options.keep().orElseThrow();
    Levels levels = options.levels().orElseThrow();
    Duration top = levels.window(levels.highest());
    Duration snapshotEvery = options.snapshotEvery().orElseThrow();
    RetentionSettings settings = options.settings();
    Collection<Upload> young =
        since(
            rules
                .transactions()
                .plus(top)
                .plus(settings.grace())
                .plus(settings.boundaryEvery())
                .plus(runEvery));
    assertThat(count(ObjectKey.LOG)).as("segments").isLessThanOrEqualTo(young.size());
    long covers = 0;
    for (int level = 1; level <= levels.highest(); level++) {
      long millis = levels.window(level).toMillis();
      Collection<Upload> within =
          level < levels.highest() ? young : since(fine(rules).plus(snapshotEvery).plus(runEvery));
      long files = distinct(within, time -> Math.floorDiv(time.toEpochMilli(), millis));
      assertThat(count(ObjectKey.MERGED + level + "/"))
          .as("files of level %d", level)
          .isLessThanOrEqualTo((int) files);
      covers += files;
    }
    long snapshots = 2;
    for (KeepPolicy.Rule rule : rules.rules()) {
      if (rule.unit() != Granularity.HOURLY) {
        snapshots += distinct(since(rule.span()), rule.unit()::bucket);
      }
    }
    assertThat(count(ObjectKey.SNAPSHOTS)).as("snapshots").isLessThanOrEqualTo((int) snapshots);
    assertThat(count("boundary/")).as("boundary records").isLessThanOrEqualTo(runs);
    long bytes = log.store().objects().values().stream().mapToLong(object -> object.length).sum();
    assertThat(bytes)
        .isLessThanOrEqualTo(
            young.stream().mapToLong(Upload::bytes).sum()
                + (covers + snapshots) * LongLog.COVER_BYTES_MAX
                + (1 + runs) * RECORD_BYTES_MAX);
  }

  /// How long positions are kept for which a snapshot is not enough.
  private static Duration fine(KeepPolicy.Rules rules) {
    Duration longest = rules.transactions();
    for (KeepPolicy.Rule rule : rules.rules()) {
      if (rule.unit() == Granularity.HOURLY && rule.span().compareTo(longest) > 0) {
        longest = rule.span();
      }
    }
    return longest;
  }
}
