package dev.tidemark.shipper;

import dev.tidemark.sqlite.FileStat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A file of a simulated disk: its bytes, what of them a power cut leaves, and its inode.
final class SimHostFile {
  private static final long DEV = 64_769;
  private static final long UID = 1_000;

  /// No bytes: the file was cut to `offset`.
  private record Change(int offset, Optional<byte[]> bytes, long millis) {
    Change torn(int length) {
      return new Change(offset, bytes.map(b -> Arrays.copyOf(b, length)), millis);
    }
  }

  /// Bytes and times, as the page cache or the disk has them.
  private static final class Content {
    private byte[] bytes = {};
    private int size;
    private long millis;

    void apply(Change change) {
      int end = change.offset() + change.bytes().map(b -> b.length).orElse(0);
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      if (change.bytes().isPresent()) {
        byte[] written = change.bytes().get();
        System.arraycopy(written, 0, bytes, change.offset(), written.length);
        size = Math.max(size, end);
      } else {
        Arrays.fill(bytes, Math.min(end, size), bytes.length, (byte) 0);
        size = end;
      }
      millis = change.millis();
    }

    Content copy() {
      Content copy = new Content();
      copy.bytes = Arrays.copyOf(bytes, size);
      copy.size = size;
      copy.millis = millis;
      return copy;
    }
  }

  private final long ino;
  private boolean unlinked;
  private Content now = new Content();
  private Content durable = new Content();
  private final List<Change> pending = new ArrayList<>();

  SimHostFile(long ino, long millis) {
    this.ino = ino;
    now.millis = millis;
    durable.millis = millis;
  }

  int size() {
    return now.size;
  }

  byte[] bytes() {
    return Arrays.copyOf(now.bytes, now.size);
  }

  byte[] bytes(long from, int length) {
    return Arrays.copyOfRange(now.bytes, (int) from, (int) from + length);
  }

  int read(long offset, byte[] target, int from, int length) {
    int count = Math.clamp(now.size - offset, 0, length);
    if (count > 0) {
      System.arraycopy(now.bytes, (int) offset, target, from, count);
    }
    return count;
  }

  void write(long offset, byte[] bytes, long millis) {
    change(new Change((int) offset, Optional.of(bytes.clone()), millis));
  }

  void truncate(int size, long millis) {
    change(new Change(size, Optional.empty(), millis));
  }

  private void change(Change change) {
    now.apply(change);
    pending.add(change);
  }

  void sync() {
    pending.forEach(durable::apply);
    pending.clear();
  }

  /// What was not synced is lost from some point on, torn there; of what came after it, some was
  /// written all the same. The times may be older than the bytes.
  void losePower(RandomGenerator random) {
    long millis = durable.millis;
    int whole = random.nextInt(pending.size() + 1);
    boolean others = random.nextInt(3) == 0;
    for (int i = 0; i < pending.size(); i++) {
      Change change = pending.get(i);
      if (i == whole && change.bytes().isPresent()) {
        durable.apply(change.torn(random.nextInt(change.bytes().get().length + 1)));
      } else if (i < whole || (others && random.nextBoolean())) {
        durable.apply(change);
      }
    }
    if (random.nextBoolean()) {
      durable.millis = millis;
    }
    pending.clear();
    now = durable.copy();
  }

  /// It has no name any more; who has it open keeps it.
  void unlink() {
    unlinked = true;
  }

  FileStat stat() {
    long nanos = now.millis * 1_000_000L;
    return new FileStat(DEV, ino, now.size, nanos, nanos, unlinked ? 0 : 1, UID);
  }

  /// The same file on a copy of the disk.
  SimHostFile copy() {
    SimHostFile copy = new SimHostFile(ino, 0);
    copy.unlinked = unlinked;
    copy.now = now.copy();
    copy.durable = durable.copy();
    copy.pending.addAll(pending);
    return copy;
  }
}
