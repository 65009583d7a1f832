package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One process after the other that captures one simulated database into one state directory, and
/// what has to be in the spool: everything that the database went through.
final class SimCaptureRun {
  private final SimDatabase database;
  private final Path state;
  private final InstantSource clock;
  private final List<SimState> expected = new ArrayList<>();
  private Optional<CaptureProcess> process = Optional.empty();
  private Optional<SimState> reached = Optional.empty();
  private int comparisons;
  private boolean mayMerge;

  SimCaptureRun(SimDatabase database, Path state, InstantSource clock) {
    this.database = database;
    this.state = state;
    this.clock = clock;
  }

  SimDatabase database() {
    return database;
  }

  /// What was captured so far, one state for each transaction.
  List<SimState> expected() {
    return expected;
  }

  /// How often the whole database was compared.
  int comparisons() {
    return comparisons;
  }

  /// From now on two positions with one image may become one.
  void mayMerge() {
    mayMerge = true;
  }

  /// The process that runs, if one does.
  Optional<Capture> running() {
    return process.map(CaptureProcess::capture);
  }

  void start() throws Exception {
    CaptureProcess started =
        new CaptureProcess(state, database.openSource(), clock, () -> comparisons++);
    process = Optional.of(started);
    int before = comparisons;
    started.capture().reconcile();
    took(started.spool(), comparisons > before);
  }

  void kill() throws Exception {
    if (process.isPresent()) {
      process.get().close();
      process = Optional.empty();
    }
  }

  void capture() throws Exception {
    CaptureProcess running = process.orElseThrow();
    int before = comparisons;
    if (running.takes()) {
      took(running.spool(), comparisons > before);
    }
  }

  void swap() throws Exception {
    running().orElseThrow().swapPin(false);
  }

  /// Everything that the database went through since is in the spool now, each commit by itself.
  private void took(Spool spool, boolean compared) {
    List<SimState> line = database.history().line();
    long taken = spool.end().txid().value() - expected.size();
    if (compared) {
      // None if a commit changed nothing, or the database was put back to what it was.
      for (long i = 0; i < taken; i++) {
        expected.add(line.getLast());
      }
    } else {
      int from = line.indexOf(reached.orElseThrow());
      assertThat(from).as("goes on from where it was").isNotNegative();
      List<SimState> fresh = new ArrayList<>(line.subList(from + 1, line.size()));
      if (mayMerge) {
        merge(fresh, line.get(from), taken);
      }
      assertThat(taken).as("one each").isEqualTo(fresh.size());
      expected.addAll(fresh);
    }
    reached = Optional.of(line.getLast());
    assertThat(spool.end().checksum()).isEqualTo(line.getLast().checksum());
  }

  /// Once a wal-index was recovered, SQLite's count may be too low, and a commit that wrote the
  /// same page again looks like padding to the sector: two positions with one image become one.
  private static void merge(List<SimState> fresh, SimState before, long taken) {
    for (int i = fresh.size() - 1; i >= 0 && fresh.size() > taken; i--) {
      SimState earlier = i == 0 ? before : fresh.get(i - 1);
      if (fresh.get(i).checksum().equals(earlier.checksum())) {
        fresh.remove(i);
      }
    }
  }

  /// Applies what is in the spool, one transaction after the other.
  void replay() throws Exception {
    CaptureProcess running = process.orElseThrow();
    Spool spool = running.spool();
    spool.closeSegments();
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    int next = 0;
    while (spool.first().isPresent()) {
      SpooledObject object = spool.first().get();
      try (StateFiles.Handle handle = running.files().open(object.file());
          ObjectReader reader = object.reader(handle)) {
        while (reader.nextFile()) {
          apply(reader.file(), pages);
          assertThat(pages.values()).containsExactlyElementsOf(expected.get(next++).pages());
        }
      }
      spool.dropUpTo(object.end());
    }
    assertThat(next).isEqualTo(expected.size());
  }

  private static void apply(LtxReader file, SortedMap<Long, byte[]> pages) throws Exception {
    while (file.next()) {
      pages.put(file.pgno(), file.page().clone());
    }
    pages.tailMap(file.header().commit() + 1).clear();
    file.finish();
  }
}
