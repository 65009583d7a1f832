package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Attaches to a database that may not be there yet. A file that is in another journal mode from
/// the start, and stays so for a second, needs a person; one that appears while we wait may take
/// longer on its way to WAL mode. Blocks.
record FirstAttach(Path database, Sources sources, Context.Sleep sleep, Consumer<String> waiting) {
  private static final long WAIT_MILLIS = 100;

  /// What may be in the way for a moment: a process that opens, recovers or closes the database.
  private static final int OBSTACLES_MAX = 100;

  private static final int DOUBTS_MAX = 10;

  Source await() throws IOException, UnsuitableDatabaseException, InterruptedException {
    boolean waited = false;
    int obstacles = 0;
    int doubts = 0;
    while (true) {
      try {
        return sources.open(database);
      } catch (NoSuchFileException _) {
        waited = true;
        waiting.accept(database + ": waiting for the database file to appear");
      } catch (UnsuitableDatabaseException e) {
        boolean isEmpty = e.reason() == UnsuitableDatabaseException.Reason.EMPTY;
        boolean mayPass = e.reason().mayPass() && (waited || ++doubts < DOUBTS_MAX);
        if (!isEmpty && !mayPass) {
          throw e;
        }
        waited |= isEmpty;
        waiting.accept(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        if (e instanceof AccessDeniedException || ++obstacles == OBSTACLES_MAX) {
          throw e;
        }
        waiting.accept(String.valueOf(e.getMessage()));
      }
      sleep.sleep(WAIT_MILLIS);
    }
  }
}
