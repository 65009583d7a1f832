package dev.tidemark.sqlite;

/// Which bytes SQLite locks for what. SQLite never locks the `-wal` file.
public final class LockBytes {
  /// In the main file, all within the lock page.
  public static final LockRange PENDING = LockRange.at(0x4000_0000L);

  public static final LockRange RESERVED = LockRange.at(0x4000_0001L);

  /// Held shared by each connection that has read once, for as long as it lives. Whoever has it
  /// exclusively is the only one and may delete the WAL.
  public static final LockRange SHARED = new LockRange(0x4000_0002L, 510);

  /// In the `-shm` file: the one writer.
  public static final LockRange WRITE = LockRange.at(120);

  /// The one checkpointer.
  public static final LockRange CKPT = LockRange.at(121);

  public static final LockRange RECOVER = LockRange.at(122);

  /// Dead man's switch: held shared by everybody who uses the `-shm`. Who finds nobody there starts
  /// it afresh.
  public static final LockRange DMS = LockRange.at(128);

  /// READ(1) to READ(4) as a writer locks them to reset the WAL.
  public static final LockRange READERS = new LockRange(124, 4);

  public static final int READ_MARKS = 5;

  private LockBytes() {}

  /// READ(0) reads the database file alone; READ(1..4) go with a read mark each.
  public static LockRange read(int mark) {
    if (mark < 0 || mark >= READ_MARKS) {
      throw new IllegalArgumentException("there is no read mark " + mark);
    }
    return LockRange.at(123 + mark);
  }
}
