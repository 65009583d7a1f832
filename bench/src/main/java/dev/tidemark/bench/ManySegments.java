package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// A restore of a log of very many small segments, one commit in each, as whole processes; and of
/// half of it, since the time for each segment must not grow with their number.
record ManySegments(Path root, int segments, int rounds) {
  private static final int ACCOUNTS = 1_000;

  List<Row> measure() throws IOException, InterruptedException {
    try (Place place = Place.fresh(root, "segments")) {
      ship(place);
      double all = restore(place, segments);
      double half = restore(place, segments / 2);
      return List.of(
          Row.info(
              "restore of %d segments of one commit, s".formatted(segments),
              "%s ms each".formatted(Row.number(all * 1e3 / segments)),
              all),
          Row.atMost(
              "the same ÷ restore of half of them",
              "%s s ÷ %s s".formatted(Row.number(all), Row.number(half)),
              all / half,
              2.5));
    }
  }

  private void ship(Place place) throws IOException, InterruptedException {
    try (Application application = Application.start()) {
      Application.Database database = application.on(place.database());
      database.accounts(ACCOUNTS);
      try (Daemon daemon = Daemon.start(place)) {
        for (int i = 1; i < segments; i++) {
          database.commit(Work.UPDATE);
          daemon.sync();
        }
      }
    }
    try (var log = Files.list(place.log())) {
      long found = log.count();
      if (found != segments) {
        throw new IOException("%d segments, not %d".formatted(found, segments));
      }
    }
  }

  private double restore(Place place, int txid) throws IOException, InterruptedException {
    Path restored = place.folder().resolve("restored.db");
    double[] took = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      took[i] =
          RestoreSpeed.seconds(
              place.launcher().toString(),
              "restore",
              place.url(),
              restored.toString(),
              "--txid",
              String.format(Locale.ROOT, "%016x", txid));
      Files.delete(restored);
    }
    return Samples.median(took);
  }
}
