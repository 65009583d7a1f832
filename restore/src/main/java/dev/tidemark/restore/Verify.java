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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads everything that a restore could need, and proves it: each object whole, its key against
/// its index frame against its LTX headers, the chain from object to object, every transaction's
/// checksum over all pages, merged files and snapshots against the chain. Damage is an answer here,
/// not an exception.
public final class Verify {
  private static final int LISTINGS_MAX = 3;
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
        Optional<Chain> chain = Chain.read(store, Chain.REQUESTS);
        if (chain.isEmpty()) {
          throw new PositionNotFoundException(
              "there is no backup: no " + DatabaseRecord.KEY + " and no segment");
        }
        VerifyReport report = new VerifyReport();
        notes(chain.get(), report);
        Optional<Position> head =
            new VerifyWalk(store, chain.get(), scratch, parallelism, listener, report).run(live);
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

  private void notes(Chain chain, VerifyReport report) throws StoreException, InterruptedException {
    for (Chain.Item item : chain.below()) {
      report.note(
          item.key().text(), "lies below the boundary " + chain.start() + " and proves nothing");
    }
    for (Listed listed : all()) {
      if (ObjectKey.parse(listed.key()).isEmpty() && !OTHER_NAMES.matcher(listed.key()).matches()) {
        report.note(listed.key(), "is no name of Tidemark's");
      }
    }
    int number = chain.boundary().map(BoundaryRecord::number).orElse(0);
    if (number > 0 && chain.slots().isEmpty()) {
      report.problem(
          ObjectKey.Slot.after(chain.start()).text(),
          "is missing: the log has no segment above its boundary " + chain.start());
    }
  }

  private List<Listed> all() throws StoreException, InterruptedException {
    List<Listed> all = new ArrayList<>();
    String after = "";
    while (true) {
      ListPage page = store.list("", after);
      all.addAll(page.objects());
      if (!page.more() || page.objects().isEmpty()) {
        return all;
      }
      after = page.objects().getLast().key();
    }
  }
}
