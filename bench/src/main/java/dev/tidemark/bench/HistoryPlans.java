package dev.tidemark.bench;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Plan;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.testing.LongLog;
import dev.tidemark.store.testing.SlowStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What restores of a log would read, and how long it takes to find that out.
final class HistoryPlans {
  /// One plan: how many objects, how many requests it took, and how long.
  record Planned(int objects, long requests, double seconds) {}

  private static final Duration MONTH = Duration.ofDays(31);

  private final LongLog log;
  private final Random random = new Random(1);

  HistoryPlans(LongLog log) {
    this.log = log;
  }

  /// Sizes of plans for positions at random, ascending: any transaction above the boundary.
  List<Integer> recent(int count) throws Exception {
    Chain chain = Chain.read(log.store()).orElseThrow();
    long boundary = chain.start().txid().value();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long txid = boundary + 1 + random.nextLong(log.history().count() - boundary);
      sizes.add(plan(chain, txid).objects().size());
    }
    return sizes.stream().sorted().toList();
  }

  /// The same for the last transaction of each hour of a month, as far as it can be had.
  List<Integer> hours() throws Exception {
    Chain chain = Chain.read(log.store()).orElseThrow();
    Instant since = log.now().minus(MONTH);
    List<Integer> sizes = new ArrayList<>();
    for (var end : log.hourEnds().entrySet()) {
      if (end.getValue().isBefore(since)) {
        continue;
      }
      try {
        sizes.add(plan(chain, end.getKey()).objects().size());
      } catch (PositionNotFoundException _) {
        // Not promised any more.
      }
    }
    return sizes.stream().sorted().toList();
  }

  private Plan plan(Chain chain, long txid)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    return new Planner(chain, ContentsLookup.of(log.store(), LongLog.DATABASE))
        .plan(new RestoreTarget.AtTxid(new Txid(txid)));
  }

  /// From nothing to the plan, as a restore does it, with a store that takes its time.
  Planned timed(RestoreTarget target, Duration answer, int requests) throws Exception {
    StoreMeter meter = new StoreMeter();
    ObjectStore store = new SlowStore(new MeteredStore(log.store(), meter), answer);
    long start = System.nanoTime();
    Chain chain = Chain.read(store, requests).orElseThrow();
    Plan plan = new Planner(chain, ContentsLookup.of(store, LongLog.DATABASE)).plan(target);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Planned(plan.objects().size(), meter.requests(), seconds);
  }
}
