package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.file.Path;

/// Sees whether somebody holds both the checkpointer's and the writer's lock: a FULL, RESTART or
/// TRUNCATE that runs, or waits for the pin. To be closed last: closing drops the locks of SQLite's
/// own connections in this process.
final class Checkpointer implements AutoCloseable {
  private final NativeFile shm;

  private Checkpointer(NativeFile shm) {
    this.shm = shm;
  }

  /// Of a database that is in use.
  static Checkpointer of(Path database) throws IOException {
    return new Checkpointer(NativeFile.openReadWrite(WalReading.beside(database, "-shm")));
  }

  boolean isWaiting() throws IOException {
    var locks = new OfdLocks(shm);
    return locks.exclusiveHolder(LockBytes.CKPT).isPresent()
        && locks.exclusiveHolder(LockBytes.WRITE).isPresent();
  }

  @Override
  public void close() throws IOException {
    shm.close();
  }
}
