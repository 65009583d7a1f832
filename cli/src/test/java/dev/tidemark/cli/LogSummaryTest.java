package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.Planner;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.StoreRequest;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What `status` says of a log, and of how little it knows that. The store says of each object that
/// it was put there today, as it does after a copy.
class LogSummaryTest {
  private static final Id128 DATABASE = new Id128(1, 2);
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration OFTEN = Duration.ofMinutes(5);

  private Instant now = START;
  private final MemoryStore store = new MemoryStore();
  private final PageHistory history =
      new PageHistory(new PageSize(512), new Random(5)).clock(() -> now);
  private final LogBuilder log = new LogBuilder(store, DATABASE, history);

  @Test
  void aLogOfThreeHoursIsScaledToADay() throws Exception {
    commit(37, OFTEN);
    segments(1, 37, 1);
    String json = read(OFTEN).json().toString();
    assertThat(json)
        .contains(
            "\"estimated_from\":\"the last 3h of the log, scaled to a day\"",
            "\"estimated_from_seconds\":10800",
            "\"transactions_a_day\":288",
            "\"segments_a_day\":288",
            "\"detail\":\"288 segments a day, each a put and a look at the boundary\"");
    assertThat(read(OFTEN).text())
        .contains(
            "estimated from the last 3h of the log, scaled to a day: 288 transactions in 288"
                + " segments");
  }

  @Test
  void segmentsAreFewerThanTransactions() throws Exception {
    commit(40, OFTEN);
    segments(1, 40, 4);
    assertThat(read(OFTEN).json().toString())
        .contains("\"transactions_a_day\":288", "\"segments_a_day\":72");
  }

  @Test
  void whatAPolicyOfHoursHasDeletedCounts() throws Exception {
    threeDaysOfWhichTwoHoursAreLeft();
    assertThat(read(OFTEN).json().toString())
        .contains(
            "\"estimated_from\":\"the last 24h of the log, scaled to a day\"",
            "\"transactions_a_day\":48",
            "\"segments_a_day\":48");
  }

  @Test
  void whatCannotBeReadIsNoReasonToGiveUp() throws Exception {
    threeDaysOfWhichTwoHoursAreLeft();
    for (int last = 90; last <= 98; last += 2) {
      String key = merged(last).text();
      store.objects().put(key, new byte[store.bytes(key).length]);
    }
    assertThat(read(OFTEN).json().toString()).contains("\"transactions_a_day\":48");
  }

  @Test
  void aSlotWithAWholeDatabaseIsNoMeasureOfSegments() throws Exception {
    commit(100, Duration.ofSeconds(1));
    commit(36, OFTEN);
    log.database();
    log.snapshotSlot(100);
    segments(101, 136, 1);
    assertThat(read(OFTEN).json().toString())
        .contains("\"transactions_a_day\":288", "\"segments_a_day\":288");
  }

  @Test
  void oneTransactionIsNoPace() throws Exception {
    commit(1, OFTEN);
    segments(1, 1, 1);
    assertThat(read(OFTEN).json().toString())
        .contains(
            "\"estimated_from\":\"the last 0s of the log, too short to be scaled to a day\"",
            "\"transactions_a_day\":1",
            "\"segments_a_day\":1");
    store.objects().keySet().removeIf(key -> key.startsWith("log/"));
    assertThat(read(OFTEN).json().toString())
        .contains("\"every_transaction_since\":null", "\"segments_a_day\":0");
  }

  @Test
  void maintenanceIsPaidForEachRun() throws Exception {
    commit(37, OFTEN);
    segments(1, 37, 1);
    assertThat(read(OFTEN).json().toString())
        .contains(
            "\"maintenance_runs_a_day\":288,",
            // In each run five looks: three folders of objects, pins and replicas.
            "\"maintenance_lists_a_day\":7200,",
            "288 runs a day, assuming one each 5m while there are commits: 7200 lists",
            " if cron calls 'maintain' once a day");
    assertThat(read(Duration.ofDays(1)).json().toString())
        .contains(
            "\"maintenance_runs_a_day\":1,", "\"maintenance_lists_a_day\":25,", "\"1 run a day, ")
        .doesNotContain("if cron calls");
    assertThat(read(Duration.ZERO).json().toString())
        .as("no run without a new segment")
        .contains("\"maintenance_runs_a_day\":288,");
  }

  @Test
  void theDearestPartNamesItsSetting() throws Exception {
    commit(37, OFTEN);
    segments(1, 37, 1);
    assertThat(read(OFTEN).json().toString())
        .contains("\"driven_by\":\"maintenance-interval, or how often cron calls 'maintain'\"");
    assertThat(read(Duration.ofDays(1)).json().toString())
        .contains("\"driven_by\":\"--sync-interval of 'replicate'\"");
  }

  @Test
  void tellsSinceWhenEveryTransactionCanBeRestored() throws Exception {
    commit(4, OFTEN);
    segments(1, 4, 2);
    assertThat(summary().json().toString())
        .contains("\"every_transaction_since\":\"" + START + "\"");
    log.snapshot(2);
    log.boundary(1, 2);
    assertThat(summary().json().toString())
        .contains("\"every_transaction_since\":\"" + START.plus(OFTEN) + "\"");
    assertThat(summary().text()).contains("since      " + START.plus(OFTEN) + " every transaction");
  }

  @Test
  void tellsOfPins() throws Exception {
    commit(4, OFTEN);
    segments(1, 4, 2);
    assertThat(summary().text()).contains("pins       none");
    for (String name : new String[] {"b", "a"}) {
      Records.createPin(
          store, new PinRecord(new RecordName(name), DATABASE, history.position(2), START, ""));
    }
    store.objects().put("pins/bad.json", new byte[] {'x'});
    assertThat(summary().text())
        .contains("pins       2: a, b; 1 cannot be read: bad, see 'tidemark pin memory'");
    assertThat(summary().json().toString())
        .contains("\"pins\":[\"a\",\"b\"],\"unreadable_pins\":[\"bad\"]");
  }

  @Test
  void pinsAndTimeCostTwoRequests() throws Exception {
    threeDaysOfWhichTwoHoursAreLeft();
    StoreMeter planning = new StoreMeter();
    MeteredStore planned = new MeteredStore(store, planning);
    Chain chain = Chain.read(planned, Chain.REQUESTS).orElseThrow();
    chain.lastSegment(planned);
    new Planner(chain, ContentsLookup.of(planned, DATABASE)).provenPlan(new RestoreTarget.Latest());
    StoreMeter meter = new StoreMeter();
    LogSummary.read(new MeteredStore(store, meter), meter, "memory", Optional.empty());
    assertThat(meter.requests(StoreRequest.LIST) - planning.requests(StoreRequest.LIST)).isOne();
    assertThat(meter.requests(StoreRequest.GET) - planning.requests(StoreRequest.GET)).isOne();
    assertThat(meter.requests() - planning.requests()).isEqualTo(2);
  }

  /// A commit each half an hour, merged by the hour.
  private void threeDaysOfWhichTwoHoursAreLeft() throws Exception {
    commit(144, Duration.ofMinutes(30));
    log.database();
    for (int last = 2; last <= 140; last += 2) {
      log.merged(3, last - 1, last);
    }
    log.boundary(1, 140);
    segments(141, 144, 1);
  }

  private ObjectKey merged(int last) {
    return new ObjectKey.Merged(
        3,
        history.position(last - 1).txid(),
        history.position(last).txid(),
        history.position(last).checksum());
  }

  private void commit(int count, Duration apart) {
    for (int i = 0; i < count; i++) {
      if (history.count() == 0) {
        history.full(3);
      } else {
        now = now.plus(apart);
        history.randomTransaction(6);
      }
    }
  }

  private void segments(int first, int last, int each) throws Exception {
    log.database();
    for (int i = first; i <= last; i += each) {
      log.segment(i, i + each - 1);
    }
  }

  private LogSummary summary() throws Exception {
    return LogSummary.read(store, new StoreMeter(), "memory", Optional.empty());
  }

  private LogSummary read(Duration interval) throws Exception {
    return LogSummary.read(
        store,
        new StoreMeter(),
        "memory",
        Optional.of(new MonthlyBill.Terms(Prices.parse("s3"), interval)));
  }
}
