package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.List;

/// Reads the objects of one plan from the newest to the oldest and hands each page of the target
/// state to a sink once (within one segment possibly more often). Stops as soon as every page is
/// there, so nothing before a full transaction is decoded.
///
/// Proves as it reads: digest and checksums of each object, its key, its database, that each ends
/// where the next begins, each transaction's checksum before and after, and at the end the rolling
/// checksum of all pages.
final class PlanReader {
  /// The plan was made from assumptions that proved wrong; what was learnt is in the findings.
  static final class BrokenPlanException extends Exception {
    BrokenPlanException(String message) {
      super(message);
    }
  }

  /// All objects are sound, and what they hold is not the target.
  static final class UnprovenException extends Exception {
    UnprovenException(String message) {
      super(message);
    }
  }

  private final ObjectStore store;
  private final Id128 databaseId;
  private final ReadAhead ahead;
  private final ReadListener listener;

  PlanReader(ObjectStore store, Id128 databaseId, ReadAhead ahead, ReadListener listener) {
    this.store = store;
    this.databaseId = databaseId;
    this.ahead = ahead;
    this.listener = listener;
  }

  StateRead read(Plan plan, Findings findings, PageSink sink)
      throws IOException,
          StoreException,
          DamagedLogException,
          BrokenPlanException,
          UnprovenException,
          InterruptedException {
    List<Chain.Item> newestFirst = plan.objects().reversed();
    try (ObjectScan scan = new ObjectScan(store, databaseId, newestFirst, ahead, listener)) {
      return new Run(plan, findings, sink, scan).read(newestFirst);
    }
  }

  /// One reading of one plan.
  private final class Run {
    private final Plan plan;
    private final Findings findings;
    private final PageSink sink;
    private final ObjectScan scan;
    private Position end;
    private int objects;
    private long bytes;

    Run(Plan plan, Findings findings, PageSink sink, ObjectScan scan) {
      this.plan = plan;
      this.findings = findings;
      this.sink = sink;
      this.scan = scan;
      this.end = plan.target();
    }

    StateRead read(List<Chain.Item> newestFirst)
        throws IOException,
            StoreException,
            DamagedLogException,
            BrokenPlanException,
            UnprovenException,
            InterruptedException {
      IndexFrame index = begin(newestFirst.getFirst());
      PageSize pageSize = index.identity().pageSize();
      int last = lastFile(index, newestFirst.getFirst());
      FileRow row = index.file(last);
      sink.begin(plan.target(), pageSize, row.databasePages());
      NewestFirst state = new NewestFirst(pageSize, row.databasePages());
      apply(newestFirst.getFirst(), index, last, state);
      for (int i = 1; i < newestFirst.size() && !state.isComplete(); i++) {
        index = begin(newestFirst.get(i));
        last = lastFile(index, newestFirst.get(i));
        if (!index.identity().pageSize().equals(pageSize)) {
          throw new UnprovenException(
              "the page size changes at " + end + " and not all pages are written anew");
        }
        apply(newestFirst.get(i), index, last, state);
      }
      newestFirst.subList(objects, newestFirst.size()).forEach(listener::read);
      prove(state);
      return new StateRead(
          plan.target(), row.timestampMillis(), pageSize, row.databasePages(), objects, bytes);
    }

    private void prove(NewestFirst state) throws UnprovenException, BrokenPlanException {
      if (!state.isComplete()) {
        if (!end.equals(plan.from())) {
          throw new BrokenPlanException("the oldest object begins at " + end);
        }
        throw new UnprovenException(
            state.missing() + " pages of " + plan.target() + " are in none of the objects");
      }
      Checksum checksum = state.checksum();
      if (!checksum.equals(plan.target().checksum())) {
        throw new UnprovenException(
            "the pages add up to " + checksum + " instead of " + plan.target().checksum());
      }
    }

    private IndexFrame begin(Chain.Item item)
        throws StoreException, DamagedLogException, BrokenPlanException, InterruptedException {
      try {
        IndexFrame index = scan.next(item);
        findings.span(item.key(), index.start(), index.end());
        return index;
      } catch (ObjectGoneException e) {
        throw gone(e);
      }
    }

    /// The last file that counts: the one that ends at the target, or where the next object begins.
    private int lastFile(IndexFrame index, Chain.Item item) throws BrokenPlanException {
      int oldest = objects == 0 ? 0 : index.fileCount() - 1;
      for (int i = index.fileCount() - 1; i >= oldest; i--) {
        if (index.position(i).equals(end)) {
          return i;
        }
      }
      throw new BrokenPlanException(
          item.key().text() + " ends at " + index.end() + ", not at " + end);
    }

    private void apply(Chain.Item item, IndexFrame index, int last, NewestFirst state)
        throws IOException,
            StoreException,
            DamagedLogException,
            BrokenPlanException,
            InterruptedException {
      state.beginObject(Contents.of(index), last);
      try {
        scan.read(visitor(last, state));
      } catch (ObjectGoneException e) {
        throw gone(e);
      }
      state.endObject();
      end = index.start();
      objects++;
      bytes += item.size();
    }

    private ObjectVisitor visitor(int last, NewestFirst state) {
      return new ObjectVisitor() {
        @Override
        public boolean beginFile(int i) {
          if (i > last) {
            return false;
          }
          state.beginFile(i);
          return true;
        }

        @Override
        public void page(long pgno, long checksum, byte[] page) throws IOException {
          if (state.take(pgno, checksum)) {
            sink.page(pgno, checksum, page);
          }
        }
      };
    }

    private BrokenPlanException gone(ObjectGoneException e) {
      findings.gone(e.key());
      return new BrokenPlanException(String.valueOf(e.getMessage()));
    }
  }
}
