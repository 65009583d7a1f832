package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How much goes over the wire for each byte that SQLite writes to its log, at a modest rate.
record UploadedBytes(Path root) {
  private static final int PER_SECOND = 100;
  private static final int SECONDS = 12;

  List<Row> measure() throws IOException, InterruptedException {
    return List.of(
        measure("uploaded ÷ WAL bytes, transfers among 1 000 accounts", Work.TRANSFER, 1_000, 0.04),
        measure("uploaded ÷ WAL bytes, any one row of 100 000", Work.UPDATE, 100_000, 0));
  }

  private Row measure(String what, Work work, int accounts, double limit)
      throws IOException, InterruptedException {
    try (Place place = Place.fresh(root, "uploaded");
        Application application = Application.start()) {
      Application.Database database = application.on(place.database());
      database.accounts(accounts);
      // The log then holds everything that was written to it.
      database.sql("PRAGMA wal_autocheckpoint=0");
      try (Daemon daemon = Daemon.start(place)) {
        database.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        long before = bytes(place.log());
        database.paced(work, PER_SECOND, SECONDS);
        long wal = Files.size(place.wal());
        daemon.sync();
        long uploaded = bytes(place.log()) - before;
        String figures = "%d KiB ÷ %d KiB at 100 commits/s".formatted(uploaded >> 10, wal >> 10);
        double ratio = (double) uploaded / wal;
        return limit > 0 ? Row.atMost(what, figures, ratio, limit) : Row.info(what, figures, ratio);
      }
    }
  }

  static long bytes(Path folder) throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        sum += Files.size(file);
      }
    }
    return sum;
  }
}
