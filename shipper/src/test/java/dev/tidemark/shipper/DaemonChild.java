package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import java.nio.file.Path;

/// The other end of [DaemonProcess]: ships one database and prints each position that it learns to
/// be stored.
final class DaemonChild {
  private DaemonChild() {}

  @SuppressWarnings("SystemOut") // The pipe to the parent.
  public static void main(String[] arguments) throws Exception {
    try (Rig rig = new Rig(Path.of(arguments[0]), arguments[1], LockMode.valueOf(arguments[2]))) {
      DatabaseWorker database = rig.start();
      Position last = Position.START;
      while (true) {
        Position stored = database.sync(DurabilityLevel.STORED, Rig.PATIENCE);
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
}
