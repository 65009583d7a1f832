package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.Path;

/// One application with two databases of the same content: the daemon ships one of them and knows
/// nothing of the other. Rounds on the two take turns, so that drift of the machine cancels, and
/// the daemon stays up and warm as it does beside a real application.
record SideBySide(
    Place with,
    Place without,
    Application application,
    Application.Database shipped,
    Application.Database plain,
    Daemon daemon)
    implements AutoCloseable {
  private static final int ACCOUNTS = 100_000;

  static SideBySide start(Path root) throws IOException, InterruptedException {
    Place with = Place.fresh(root, "with");
    Place without = Place.fresh(root, "without");
    Application application = Application.start();
    Application.Database shipped = application.on(with.database());
    Application.Database plain = application.on(without.database());
    shipped.accounts(ACCOUNTS);
    plain.accounts(ACCOUNTS);
    Daemon daemon = Daemon.start(with);
    return new SideBySide(with, without, application, shipped, plain, daemon);
  }

  /// Until everything is compiled that will be.
  void warmUp(int seconds) throws IOException {
    plain.saturated(Work.UPDATE, seconds);
    shipped.saturated(Work.UPDATE, seconds);
    plain.saturated(Work.UPDATE, seconds);
    shipped.saturated(Work.UPDATE, seconds);
    settle();
  }

  /// Both logs empty, everything stored: each round begins like this.
  void settle() throws IOException {
    plain.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    daemon.sync();
    shipped.sql("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  @Override
  public void close() throws IOException {
    daemon.close();
    application.close();
    with.close();
    without.close();
  }
}
