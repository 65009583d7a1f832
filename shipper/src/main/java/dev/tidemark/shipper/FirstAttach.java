package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Attaches to a database that may not be there yet. A file that was there and in another journal
/// mode from the start needs a person; one that appears while we wait may still be on its way to
/// WAL mode. Blocks.
record FirstAttach(Path database, Sources sources, Context.Sleep sleep, Consumer<String> waiting) {
  private static final long WAIT_MILLIS = 100;

  /// What may be in the way for a moment: a process that opens, recovers or closes the database.
  private static final int OBSTACLES_MAX = 100;

  Source await() throws IOException, UnsuitableDatabaseException, InterruptedException {
    boolean waited = false;
    int obstacles = 0;
    while (true) {
      try {
        return sources.open(database);
      } catch (NoSuchFileException _) {
        waited = true;
        waiting.accept(database + ": waiting for the database file to appear");
      } catch (UnsuitableDatabaseException e) {
        if (!isPassing(e.reason(), waited)) {
          throw e;
        }
        waited = true;
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

  private static boolean isPassing(UnsuitableDatabaseException.Reason reason, boolean waited) {
    return switch (reason) {
      case EMPTY -> true;
      // An application that makes its database holds it exclusively in between.
      case ROLLBACK_JOURNAL, EXCLUSIVE_LOCKING -> waited;
      case NOT_A_DATABASE, FILE_SYSTEM, PERMISSION -> false;
    };
  }
}
