package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.UnfinishedUpload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One run of maintenance on one log: merges, makes snapshots, moves the boundary, deletes. Any
/// number of them at once, with any settings, do no harm; nor does one that ends in the middle, or
/// is stopped for a day between two requests. One run is for one thread.
public final class Maintainer {
  private static final int MENDS_MAX = 8;

  private final ObjectStore store;
  private final Path scratch;
  private final InstantSource clock;
  private final ReadListener listener;
  private final MergeLimits limits;

  /// `scratch` is a folder for what waits to be stored: as much room as the largest snapshot takes.
  public Maintainer(ObjectStore store, Path scratch, InstantSource clock, ReadListener listener) {
    this(store, scratch, clock, listener, MergeLimits.DEFAULT);
  }

  public Maintainer(
      ObjectStore store,
      Path scratch,
      InstantSource clock,
      ReadListener listener,
      MergeLimits limits) {
    this.store = store;
    this.scratch = scratch;
    this.clock = clock;
    this.listener = listener;
    this.limits = limits;
  }

  /// An [IOException] is the scratch folder's. Damage in the log is in the report, unless not even
  /// its beginning can be read.
  public MaintainReport run(MaintainOptions options)
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    Lookout lookout = new Lookout(store, clock, limits.requests(), options.settings().grace());
    Id128 databaseId = lookout.databaseId();
    Compactor compactor =
        new Compactor(store, databaseId, lookout, scratch, limits, clock, listener);
    Optional<Keeper> keeper =
        options
            .keep()
            .map(policy ->
                new Keeper(
                    store, databaseId, lookout, policy, options.settings(), clock, listener));
    Optional<RetentionPlan> plan = Optional.empty();
    Uploads uploads = new Uploads(0, List.of());
    if (options.dryRun()) {
      View view = compactor.rehearse(options);
      plan = keeper.map(it -> it.rehearse(view));
    } else {
      plan = run(options, lookout, compactor, keeper);
      uploads = abortUploads(options.settings().grace());
    }
    View last = lookout.look();
    List<Position> lost = keeper.map(it -> it.plan(last).lost()).orElse(List.of());
    List<MaintainReport.Problem> problems =
        new Problems(last, lookout.damage(), compactor.unknown()).of(lost);
    return report(compactor.made(), keeper, plan, uploads, problems);
  }

  /// What is read on the way to decisions may prove to be damaged, and is mended first.
  private static Optional<RetentionPlan> run(
      MaintainOptions options, Lookout lookout, Compactor compactor, Optional<Keeper> keeper)
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    compactor.run(options);
    if (keeper.isEmpty()) {
      return Optional.empty();
    }
    Set<ObjectKey> damaged = lookout.damage().keySet();
    keeper.get().prove();
    for (int round = 1;
        round <= MENDS_MAX && !damaged.containsAll(lookout.damage().keySet());
        round++) {
      damaged = lookout.damage().keySet();
      compactor.run(options);
      keeper.get().prove();
    }
    damaged = lookout.damage().keySet();
    RetentionPlan plan = keeper.get().run();
    if (!damaged.containsAll(lookout.damage().keySet())) {
      compactor.run(options);
    }
    return Optional.of(plan);
  }

  private static MaintainReport report(
      List<MaintainReport.Made> made,
      Optional<Keeper> keeper,
      Optional<RetentionPlan> plan,
      Uploads uploads,
      List<MaintainReport.Problem> problems) {
    return new MaintainReport(
        made,
        keeper.flatMap(Keeper::moved),
        keeper.map(Keeper::reason).orElse(""),
        plan.map(RetentionPlan::decisions).orElse(List.of()),
        keeper.map(Keeper::deleted).orElse(0L),
        keeper.map(Keeper::deletedBytes).orElse(0L),
        keeper.map(Keeper::refused).orElse(List.of()),
        uploads.aborted(),
        plan.map(RetentionPlan::restorable).orElse(List.of()),
        problems,
        uploads.notes());
  }

  private record Uploads(long aborted, List<String> notes) {}

  /// What is older than the grace time is nobody's any more: an upload takes minutes.
  private Uploads abortUploads(Duration grace) throws StoreException, InterruptedException {
    Instant youngest = clock.instant().minus(grace);
    long aborted = 0;
    try {
      for (UnfinishedUpload upload : store.insight().unfinishedUploads("")) {
        if (upload.begun().isBefore(youngest)) {
          store.insight().abort(upload);
          aborted++;
        }
      }
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.REFUSED) {
        throw e;
      }
      // They cost room, and nothing else.
      return new Uploads(aborted, List.of("leftovers of uploads stay: " + e.getMessage()));
    }
    return new Uploads(aborted, List.of());
  }
}
