package dev.tidemark.shipper;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The connections of a simulated application, and the transactions that it writes through one or
/// another of them.
final class SimConnections {
  private static final int COUNT = 2;

  private final SimDatabaseFiles files;
  private final RandomGenerator random;
  private final List<SimLog.Connection> connections = new ArrayList<>();

  SimConnections(SimDatabaseFiles files, RandomGenerator random) {
    this.files = files;
    this.random = random;
  }

  /// New ones.
  void open() {
    connections.clear();
    for (int i = 0; i < COUNT; i++) {
      connections.add(new SimLog.Connection());
    }
  }

  SimLog.Connection first() {
    return connections.getFirst();
  }

  SimLog.Connection any() {
    return connections.get(random.nextInt(connections.size()));
  }

  /// Commits a random transaction.
  SimState commit() {
    if (!files.isWal()) {
      return files.writeInPlace(SimCommit.random(files.pages(), random));
    }
    SimLog.Connection by = any();
    SimLog log = files.connect(by);
    log.beginWrite(by);
    SimCommit change = SimCommit.random(files.pages(), random);
    int size = change.after().size();
    SimLog.Tail tail = log.append(by, log.end(), change.writes(), size);
    log.publish(tail, size);
    return files.history().add(files.pageSize(), change.after(), tail.salts(), tail.frame());
  }

  /// Spills pages of a transaction to the log.
  void spill() {
    write(0);
  }

  /// Frames beyond the committed ones; with `commit`, those of a whole commit.
  private SimCommit write(int commit) {
    SimLog.Connection by = any();
    SimLog log = files.connect(by);
    log.beginWrite(by);
    SimCommit change = SimCommit.random(files.pages(), random);
    log.append(by, log.end(), change.writes(), commit * change.after().size());
    return change;
  }

  /// Comes as far as somebody who is killed there.
  void crash(SimCrash at) {
    SimLog log = files.connect(first());
    switch (at) {
      case IDLE -> {}
      case SPILLED -> spill();
      case UNPUBLISHED -> files.history().failed(write(1).after());
      case HEADER -> {
        files.history().failed(write(1).after());
        log.shm().tear();
      }
      case CHECKPOINT -> {
        if (log.shm().canLock(0) && log.shm().nBackfill() < log.shm().header().mxFrame()) {
          long safe = log.safeFrame();
          if (safe > log.shm().nBackfill()) {
            log.backfill(safe, random.nextInt(6));
          }
        }
      }
    }
  }
}
