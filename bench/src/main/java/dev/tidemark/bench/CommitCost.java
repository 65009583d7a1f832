package dev.tidemark.bench;

import java.io.IOException;
import java.util.List;

/// What the daemon costs the application: time of a commit at a fixed rate, and throughput of a
/// writer that does nothing but commit.
record CommitCost(SideBySide side, int rounds) {
  private static final int PER_SECOND = 1_000;
  private static final int PACED_SECONDS = 4;
  private static final int SATURATED_SECONDS = 3;

  List<Row> paced() throws IOException {
    double[][] plain = new double[2][rounds];
    double[][] shipped = new double[2][rounds];
    for (int i = 0; i < rounds; i++) {
      for (int turn = 0; turn < 2; turn++) {
        boolean withDaemon = (turn + i) % 2 == 1;
        side.settle();
        Application.Database database = withDaemon ? side.shipped() : side.plain();
        Samples took = Samples.of(database.paced(Work.UPDATE, PER_SECOND, PACED_SECONDS));
        (withDaemon ? shipped : plain)[0][i] = took.micros(50);
        (withDaemon ? shipped : plain)[1][i] = took.micros(99);
      }
    }
    return List.of(
        times("commit p50, 1 000 commits/s, with ÷ without daemon", plain[0], shipped[0], 1.1),
        times("commit p99, the same", plain[1], shipped[1], 1.5));
  }

  private static Row times(String what, double[] plain, double[] shipped, double limit) {
    double without = Samples.median(plain);
    double with = Samples.median(shipped);
    return Row.atMost(
        what,
        "%s µs ÷ %s µs".formatted(Row.number(with), Row.number(without)),
        medianRatio(shipped, plain),
        limit);
  }

  /// The median of the rounds' own ratios.
  private static double medianRatio(double[] above, double[] below) {
    double[] ratios = new double[above.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = above[i] / below[i];
    }
    return Samples.median(ratios);
  }

  List<Row> saturated() throws IOException {
    double[] plain = new double[rounds];
    double[] shipped = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      for (int turn = 0; turn < 2; turn++) {
        boolean withDaemon = (turn + i) % 2 == 1;
        side.settle();
        Application.Database database = withDaemon ? side.shipped() : side.plain();
        int commits = database.saturated(Work.UPDATE, SATURATED_SECONDS).length;
        (withDaemon ? shipped : plain)[i] = (double) commits / SATURATED_SECONDS;
      }
    }
    return List.of(
        Row.atLeast(
            "throughput of one saturating writer, with ÷ without",
            "%s/s ÷ %s/s"
                .formatted(Row.number(Samples.median(shipped)), Row.number(Samples.median(plain))),
            medianRatio(shipped, plain),
            0.85));
  }

  List<Row> checkpoints() throws IOException {
    double[] plain = new double[rounds];
    double[] shipped = new double[rounds];
    long busy = 0;
    for (int i = 0; i < rounds; i++) {
      for (int turn = 0; turn < 2; turn++) {
        boolean withDaemon = (turn + i) % 2 == 1;
        side.settle();
        Application.Database database = withDaemon ? side.shipped() : side.plain();
        long[] took = database.checkpoints(50, 20);
        for (int j = 0; j < took.length; j++) {
          busy += took[j] < 0 ? 1 : 0;
          took[j] = Math.abs(took[j]);
        }
        (withDaemon ? shipped : plain)[i] = Samples.of(took).millis(50);
      }
    }
    return List.of(
        Row.atMost(
            "wal_checkpoint(TRUNCATE) p50, with ÷ without",
            "%s ms ÷ %s ms"
                .formatted(Row.number(Samples.median(shipped)), Row.number(Samples.median(plain))),
            medianRatio(shipped, plain),
            5),
        Row.atMost("the same: refused with SQLITE_BUSY", "", (double) busy, 0));
  }
}
