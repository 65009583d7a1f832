package dev.tidemark.shipper;

import dev.tidemark.sqlite.FileStat;

/// Which file the database is, and, if its WAL was fully backfilled, what it looked like then:
/// equal times and size mean that nobody wrote the file since. Times in nanoseconds, 0 if not
/// known.
record FileStamp(long device, long inode, long size, long modified, long changed) {
  static final FileStamp UNKNOWN = new FileStamp(0, 0, 0, 0, 0);

  /// Which file it is, and no more.
  static FileStamp identity(FileStat stat) {
    return new FileStamp(stat.dev(), stat.ino(), 0, 0, 0);
  }

  static FileStamp of(FileStat stat) {
    return new FileStamp(stat.dev(), stat.ino(), stat.size(), stat.mtimeNanos(), stat.ctimeNanos());
  }

  FileStamp withoutTimes() {
    return new FileStamp(device, inode, 0, 0, 0);
  }

  boolean hasTimes() {
    return modified != 0;
  }

  boolean isFile(FileStat stat) {
    return device == stat.dev() && inode == stat.ino();
  }
}
