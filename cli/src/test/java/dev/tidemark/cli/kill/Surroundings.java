package dev.tidemark.cli.kill;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// What is not the daemon's and not the application's, and can go wrong all the same: disks and the
/// clock. What this machine cannot do is left out, and said.
final class Surroundings implements AutoCloseable {
  /// More than the daemon leaves alone.
  private static final int STATE_MEBIBYTES = 1100;

  private static final int BUCKET_MEBIBYTES = 64;

  /// A server refuses requests that are signed more than a quarter of an hour ahead or behind.
  private static final int SECONDS_MAX_S3 = 600;

  private static final int SECONDS_MAX = 10 * 86_400;

  private final Random random;
  private final int secondsMax;
  private final Optional<SmallDisk> disk;
  private final Optional<WallClock> clock;
  private final Optional<String> leftOut;

  private Surroundings(
      Random random, int secondsMax, Optional<SmallDisk> disk, Optional<WallClock> clock) {
    this.random = random;
    this.secondsMax = secondsMax;
    this.disk = disk;
    this.clock = clock;
    boolean noDisk = disk.isPresent() && !disk.get().isMounted();
    boolean noClock = clock.isPresent() && !clock.get().works();
    this.leftOut =
        noDisk
            ? Optional.of("no permission to mount; run it as root")
            : noClock ? Optional.of("no C compiler, or no preload") : Optional.empty();
  }

  /// Before anything is there.
  static Surroundings of(Site site, Choices choices, Site.Shipped database)
      throws IOException, InterruptedException {
    Disturbance disturbance = choices.disturbance();
    boolean bucket = disturbance == Disturbance.BUCKET_DISK_FULL && choices.s3().isEmpty();
    Optional<SmallDisk> disk = Optional.empty();
    if (bucket) {
      disk = Optional.of(SmallDisk.at(site.path(database.log()), BUCKET_MEBIBYTES));
    } else if (disturbance == Disturbance.STATE_DISK_FULL
        || disturbance == Disturbance.BUCKET_DISK_FULL) {
      disk = Optional.of(SmallDisk.at(database.state(), STATE_MEBIBYTES));
    }
    Optional<WallClock> clock =
        disturbance == Disturbance.CLOCK_STEPPED
            ? Optional.of(WallClock.make(site.folder()))
            : Optional.empty();
    int secondsMax = choices.s3().isPresent() ? SECONDS_MAX_S3 : SECONDS_MAX;
    return new Surroundings(new Random(choices.seed() + 4), secondsMax, disk, clock);
  }

  /// What the daemon's processes get.
  Map<String, String> environment() {
    return clock.map(WallClock::environment).orElse(Map.of());
  }

  /// Why the disturbance is none on this machine, if so.
  Optional<String> leftOut() {
    return leftOut;
  }

  /// A disk is full for a while.
  boolean hasDisk() {
    return disk.isPresent();
  }

  void fillDisk(int millis) throws IOException, InterruptedException {
    if (disk.isPresent()) {
      disk.get().fill();
      Thread.sleep(200 + millis);
      disk.get().fill();
      Thread.sleep(millis);
      disk.get().empty();
    }
  }

  void stepClock(int millis) throws IOException, InterruptedException {
    if (clock.isPresent()) {
      for (int i = 0; i < 3; i++) {
        clock.get().step(random.nextInt(-secondsMax, secondsMax));
        Thread.sleep(100 + millis / 3);
      }
      if (random.nextBoolean()) {
        clock.get().step(0);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (disk.isPresent()) {
      disk.get().close();
    }
  }
}
