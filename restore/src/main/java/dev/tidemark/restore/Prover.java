package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Proves a log while it grows: everything once, then only what is new. What [Verify] would find
/// wrong is found with the same words, without reading again what was proven.
///
/// It goes on from a checksum for each page, kept in a folder of its own together with the list of
/// the segments that were proven. Both come from what was read back, never from the database or its
/// shipper. Each new segment is read whole; about once an hour, if there is anything new, a listing
/// is held to that list, which finds what was deleted since, and new merged files and snapshots are
/// proven. An object that was proven and is still there is not read again: [Verify] does.
///
/// Memory does not depend on the size of the database or of the log. For one thread, but for
/// [#proof].
public final class Prover {
  /// How long until a listing is looked at again, and until what is wrong is tried again.
  public static final Duration LOOK_AGAIN = Duration.ofHours(1);

  private static final int LISTINGS_MAX = 3;
  private static final String RECORD = "proof.json";
  private static final String TRACK = "log";
  private static final String OBJECTS = "log.objects";

  private final ObjectStore store;
  private final Path folder;
  private final InstantSource clock;
  private final SmallFile file;
  private ProofState state;
  private Optional<Instant> sweptAt = Optional.empty();
  private Optional<Instant> blockedAt = Optional.empty();
  private String goneKey = "";
  private int goneTimes;
  private volatile Proof proof;
  private final ProofWalk.Progress progress =
      new ProofWalk.Progress() {
        @Override
        public void advanced(Position position) {
          state.reached = Optional.of(position);
          state.at = Optional.of(clock.instant());
          // What was in the way is behind it now.
          state.blocked = List.of();
          publish();
        }

        @Override
        public void save() throws IOException {
          state.write(file);
        }
      };

  /// Makes no request. `folder` is made when it is needed; what it says of another log than that at
  /// `url` does not count.
  public Prover(ObjectStore store, String url, Path folder, InstantSource clock)
      throws IOException {
    this.store = store;
    this.folder = folder;
    this.clock = clock;
    this.file = new SmallFile(folder.resolve(RECORD));
    this.state = ProofState.read(file, url);
    this.proof = state.proof();
  }

  /// What is proven so far. From any thread.
  public Proof proof() {
    return proof;
  }

  /// Whether there is anything to read if the log is known to reach to `stored`: something new, or
  /// something wrong that is due to be tried again.
  public boolean isDue(Position stored) {
    if (isWaiting()) {
      return false;
    }
    boolean isNew =
        state.reached.map(p -> p.txid().compareTo(stored.txid()) < 0).orElse(true)
            && !stored.equals(Position.START);
    return isNew || (!state.problems().isEmpty() && isSweepDue());
  }

  private boolean isWaiting() {
    return blockedAt.isPresent() && isYoung(blockedAt.get());
  }

  private boolean isSweepDue() {
    return sweptAt.isEmpty() || !isYoung(sweptAt.get());
  }

  private boolean isYoung(Instant since) {
    return clock.instant().isBefore(since.plus(LOOK_AGAIN));
  }

  /// Reads what is new, some of it if it is much. `stored` is what the log must reach to, since its
  /// writer was told so. True if there is more to read at once. What is wrong with the log is in
  /// the answer of [#proof]; a [StoreException] says nothing about it.
  public boolean round(Position stored) throws IOException, StoreException, InterruptedException {
    Files.createDirectories(folder);
    try {
      return turn(stored);
    } catch (DamagedLogException e) {
      block(List.of(new VerifyResult.Problem(e.key(), e.reason(), Optional.empty())));
      return false;
    } catch (ObjectGoneException e) {
      gone(e.key().text());
      return false;
    } finally {
      publish();
      state.write(file);
    }
  }

  private boolean turn(Position stored)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    checkDatabase();
    try (ProofTrack track = ProofTrack.open(folder, TRACK);
        ProvenObjects objects =
            ProvenObjects.open(folder.resolve(OBJECTS), track.at().orElse(Position.START))) {
      if (state.reached.isPresent()) {
        // It may be further than the record, if a process was killed.
        state.reached = track.at();
      }
      ProofWalk walk = new ProofWalk(store, state, track, objects, progress);
      boolean isMore = walk.run(stored);
      if (!walk.strays().isEmpty()) {
        state.swept = walk.strays();
      }
      if (walk.problems().isEmpty()) {
        blockedAt = Optional.empty();
        state.blocked = List.of();
      } else {
        block(new Extents(store, state).of(walk.problems(), state.swept));
      }
      if (!isMore && isSweepDue() && state.reached.isPresent()) {
        sweep(objects);
      }
      return isMore;
    }
  }

  /// Another log at the same place is proven from its beginning.
  private void checkDatabase() throws StoreException, DamagedLogException, InterruptedException {
    if (state.databaseId.isPresent() && sweptAt.isPresent()) {
      return;
    }
    DatabaseRecord record =
        Records.database(store)
            .orElseThrow(() -> new DamagedLogException(DatabaseRecord.KEY, "is missing"));
    if (!state.databaseId.equals(Optional.of(record.databaseId()))) {
      state = new ProofState(state.url);
      state.databaseId = Optional.of(record.databaseId());
    }
  }

  private void sweep(ProvenObjects objects)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    Position reached = state.reached.orElseThrow();
    Position floor =
        state.from.txid().compareTo(state.boundary.txid()) > 0 ? state.from : state.boundary;
    LogSweep sweep =
        new LogSweep(store, state.databaseId.orElseThrow(), objects, reached, state.lost);
    sweep.run(floor.txid());
    Optional<BoundaryRecord> moved =
        Records.boundaryAfter(store, state.boundaryNumber, state.databaseId.orElseThrow());
    if (moved.isPresent()) {
      // What was missed may have been below it; the next sweep knows.
      state.boundary(moved.get());
      return;
    }
    state.swept = sweep.problems();
    state.lost = sweep.lost();
    long below = objects.upTo(floor.txid());
    if (below > 0) {
      objects.dropBefore(below);
    }
    Instant now = clock.instant();
    state.covers = new CoverProofs(store, folder, state, objects).run(now);
    List<VerifyResult.Problem> uncovered = new BoundaryCover(store, state).problems();
    if (!uncovered.isEmpty()) {
      state.lost = List.of(new ProofState.Lost(Position.START, state.boundary.txid()));
    }
    List<VerifyResult.Problem> all = new ArrayList<>(state.swept);
    all.addAll(uncovered);
    state.swept = new Extents(store, state).of(all, state.blocked);
    sweptAt = Optional.of(now);
    if (state.problems().isEmpty()) {
      state.at = Optional.of(now);
    }
  }

  /// Retention may have removed it since it was listed: the next round lists anew, and then it is
  /// missing or it is not. An object that is listed again and again is damage.
  private void gone(String key) {
    goneTimes = key.equals(goneKey) ? goneTimes + 1 : 1;
    goneKey = key;
    if (goneTimes >= LISTINGS_MAX) {
      goneTimes = 0;
      block(
          List.of(
              new VerifyResult.Problem(
                  key, "is listed and cannot be read: it is not there", Optional.empty())));
    }
  }

  private void block(List<VerifyResult.Problem> problems) {
    blockedAt = Optional.of(clock.instant());
    state.blocked = problems;
  }

  private void publish() {
    proof = state.proof();
  }
}
