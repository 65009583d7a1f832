package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/// The other end of [DaemonProcess]: ships one database and prints each position that it learns to
/// be stored.
final class DaemonChild {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private DaemonChild() {}

  @SuppressWarnings("SystemOut") // The pipe to the parent.
  public static void main(String[] arguments) throws Exception {
    try (Rig rig = new Rig(Path.of(arguments[0]), arguments[1], LockMode.valueOf(arguments[2]))) {
      DatabaseWorker database = rig.start();
      Position last = Position.START;
      while (true) {
        Position stored = stored(database, last);
        if (!stored.equals(last)) {
          System.out.println(stored + " " + database.comparisons());
          last = stored;
        }
        Thread.sleep(2);
      }
    } catch (FencedException e) {
      System.out.println("fenced " + e.getMessage());
    }
  }

  private static Position stored(DatabaseWorker database, Position last) throws Exception {
    try {
      return database.sync(DurabilityLevel.STORED, PATIENCE);
    } catch (TimeoutException _) {
      // Nothing answers for a file that was moved away, but what was captured of it is stored.
      return database.status().stored().orElse(last);
    }
  }
}
