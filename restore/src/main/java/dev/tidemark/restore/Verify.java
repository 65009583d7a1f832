package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads everything that a restore could need, and proves it: each object whole, its key against
/// its index frame against its LTX headers, the chain from object to object, every transaction's
/// checksum over all pages, merged files and snapshots against the chain. Damage is an answer here,
/// not an exception.
public final class Verify {
  private static final int LISTINGS_MAX = 3;

  /// In the place of a key, where there is none.
  private static final String UPLOADS = "uploads";

  private static final Pattern OTHER_NAMES =
      Pattern.compile(
          "database\\.json|boundary/[0-9a-f]{8}\\.json"
              + "|(pins|replicas)/[a-z0-9][a-z0-9._-]{0,62}\\.json");

  private final ObjectStore store;
  private final Path scratch;
  private final int parallelism;
  private final ReadListener listener;

  /// `scratch` is a folder for the page checksums of a very large database.
  public Verify(ObjectStore store, Path scratch, int parallelism, ReadListener listener) {
    this.store = store;
    this.scratch = scratch;
    this.parallelism = parallelism;
    this.listener = listener;
  }

  public VerifyResult run()
      throws IOException, StoreException, PositionNotFoundException, InterruptedException {
    return run(Optional.empty());
  }

  /// Also compares the head with a live database; what it had committed at its moment must be
  /// stored.
  public VerifyResult against(LivePages live)
      throws IOException, StoreException, PositionNotFoundException, InterruptedException {
    return run(Optional.of(live));
  }

  private VerifyResult run(Optional<LivePages> live)
      throws IOException, StoreException, PositionNotFoundException, InterruptedException {
    for (int listing = 1; ; listing++) {
      try {
        Pins pins = Pins.read(store);
        Optional<Chain> chain = Chain.read(store, Chain.REQUESTS);
        if (chain.isEmpty()) {
          throw new PositionNotFoundException(
              "there is no backup: no " + DatabaseRecord.KEY + " and no segment");
        }
        VerifyReport report = new VerifyReport();
        checkFirst(chain.get(), report);
        Optional<Position> head =
            new VerifyWalk(store, chain.get(), scratch, parallelism, listener, pins, report)
                .run(live);
        beside(chain.get(), report);
        int objects = chain.get().slots().size() + chain.get().covers().size();
        return report.result(head, objects);
      } catch (DamagedLogException e) {
        VerifyReport report = new VerifyReport();
        report.problem(e.key(), e.reason());
        return report.result(Optional.empty(), 0);
      } catch (ObjectGoneException e) {
        // Retention may have replaced what was listed; a new listing then shows by what.
        if (listing == LISTINGS_MAX) {
          VerifyReport report = new VerifyReport();
          report.problem(e.key().text(), "is listed and cannot be read: it is not there");
          return report.result(Optional.empty(), 0);
        }
      }
    }
  }

  private static void checkFirst(Chain chain, VerifyReport report) {
    int number = chain.boundary().map(BoundaryRecord::number).orElse(0);
    if (number > 0 && chain.slots().isEmpty()) {
      report.problem(
          ObjectKey.Slot.after(chain.start()).text(),
          "is missing: the log has no segment above its boundary " + chain.start());
    }
  }

  /// Nothing here is a problem, whatever is found, or cannot be found out.
  private void beside(Chain chain, VerifyReport report)
      throws StoreException, InterruptedException {
    chain.below().forEach(item -> report.leftovers().below(item, chain.start()));
    foreign(report);
    try {
      store.insight().unfinishedUploads("").forEach(report.leftovers()::upload);
    } catch (StoreException e) {
      report.note(UPLOADS, "whether any never ended is not known: " + e.getMessage());
    }
  }

  private void foreign(VerifyReport report) throws StoreException, InterruptedException {
    String after = "";
    for (boolean isMore = true; isMore; ) {
      ListPage page = store.list("", after);
      for (Listed listed : page.objects()) {
        after = listed.key();
        if (ObjectKey.parse(after).isEmpty() && !OTHER_NAMES.matcher(after).matches()) {
          report.leftovers().foreign(listed);
        }
      }
      isMore = page.more() && !page.objects().isEmpty();
    }
  }
}
