package dev.tidemark.sqlite;

/// What the file system says about a file. Asking never touches a lock.
///
/// @param size in bytes
/// @param mtimeNanos last change of the bytes, since the epoch
/// @param ctimeNanos last change of the inode, since the epoch
public record FileStat(
    long dev, long ino, long size, long mtimeNanos, long ctimeNanos, long nlink, long uid) {

  public boolean isSameFile(FileStat other) {
    return dev == other.dev && ino == other.ino;
  }
}
