package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One run of maintenance on one log: merges, makes snapshots, moves the boundary, deletes. Any
/// number of them at once, with any settings, do no harm; nor does one that ends in the middle, or
/// is stopped for a day between two requests. One run is for one thread.
public final class Maintainer {
  private static final int MENDS_MAX = 8;
  private static final int LOOKS_MAX = 8;

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
    DueMerges due = new DueMerges(lookout, options, clock);
    CoverCheck check = new CoverCheck(store, databaseId, lookout, listener);
    Optional<Keeper> keeper =
        options
            .keep()
            .map(policy ->
                new Keeper(store, databaseId, lookout, policy, options.settings(), check, clock));
    if (options.dryRun()) {
      RehearsedMerges merges = new RehearsedMerges(lookout, due, clock);
      View view = merges.run();
      Optional<RetentionPlan> plan = keeper.map(it -> it.rehearse(view));
      List<MaintainReport.Problem> problems = problems(lookout, databaseId, keeper, Set.of());
      return report(merges.made(), keeper, plan, Uploads.NONE, problems);
    }
    MergeJob job = new MergeJob(store, databaseId, scratch, limits, listener);
    Compactor compactor = new Compactor(store, databaseId, lookout, due, job, listener);
    if (options.repair()) {
      check.read(lookout.look());
    }
    Optional<RetentionPlan> plan = run(lookout, compactor, keeper);
    Uploads uploads = abortUploads(options.settings().grace());
    List<MaintainReport.Problem> problems =
        problems(lookout, databaseId, keeper, compactor.unknown());
    return report(compactor.made(), keeper, plan, uploads, problems);
  }

  /// What is lost as the bucket is now, or was when deletions began: what goes may be all that told
  /// of a loss. While others move the boundary and delete, a look may show some of it from before
  /// and some from after.
  private static List<MaintainReport.Problem> problems(
      Lookout lookout, Id128 databaseId, Optional<Keeper> keeper, Set<Position> unknown)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    for (int look = 1; ; look++) {
      View view = lookout.look();
      Set<Position> lost = new LinkedHashSet<>(keeper.map(Keeper::lost).orElse(List.of()));
      keeper.ifPresent(it -> lost.addAll(it.plan(view).lost()));
      List<MaintainReport.Problem> problems =
          new Problems(view, lookout.damage(), unknown).of(lost);
      boolean isMoved = !problems.isEmpty() && number(lookout.boundary(databaseId)) > number(view);
      if (!isMoved || look == LOOKS_MAX) {
        return problems;
      }
    }
  }

  private static int number(Optional<BoundaryRecord> boundary) {
    return boundary.map(BoundaryRecord::number).orElse(0);
  }

  private static int number(View view) {
    return view.boundary().map(View.Boundary::number).orElse(0);
  }

  /// What is read on the way to decisions may prove to be damaged, and is mended first.
  private static Optional<RetentionPlan> run(
      Lookout lookout, Compactor compactor, Optional<Keeper> keeper)
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    compactor.run();
    if (keeper.isEmpty()) {
      return Optional.empty();
    }
    Set<ObjectKey> damaged = lookout.damage().keySet();
    keeper.get().prove();
    for (int round = 1;
        round <= MENDS_MAX && !damaged.containsAll(lookout.damage().keySet());
        round++) {
      damaged = lookout.damage().keySet();
      compactor.run();
      keeper.get().prove();
    }
    damaged = lookout.damage().keySet();
    RetentionPlan plan = keeper.get().run();
    if (!damaged.containsAll(lookout.damage().keySet())) {
      compactor.run();
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

  private record Uploads(long aborted, List<String> notes) {
    static final Uploads NONE = new Uploads(0, List.of());
  }

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
