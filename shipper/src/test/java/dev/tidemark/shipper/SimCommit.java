package dev.tidemark.shipper;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A transaction of a simulated application: the pages it writes, in the order of their frames (a
/// page may come twice, or lie beyond the new end), and the pages of the database after it.
///
/// Page 1 is what SQLite expects there: a header, and an empty schema. The rest is noise.
record SimCommit(List<Write> writes, List<byte[]> after) {
  static final int PAGES_MAX = 40;
  private static final int SCHEMA_OFFSET = 100;
  private static final int FREE_SPACE = 108;

  /// A page as it is written. Its bytes never change after.
  static final class Write {
    private final int pgno;
    private final byte[] page;

    Write(int pgno, byte[] page) {
      this.pgno = pgno;
      this.page = page;
    }

    int pgno() {
      return pgno;
    }

    byte[] page() {
      return page;
    }
  }

  /// The first page of a new database. `version` is 1 for a rollback journal, 2 for WAL.
  static SimCommit create(int pageSize, int version, RandomGenerator random) {
    byte[] first = noise(pageSize, random);
    ByteBuffer header = ByteBuffer.wrap(first);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort((short) (pageSize == 65_536 ? 1 : pageSize));
    header.put(new byte[] {(byte) version, (byte) version, 0, 64, 32, 32});
    while (header.position() < SCHEMA_OFFSET) {
      header.put((byte) 0);
    }
    header.putInt(44, 4).putInt(56, 1).putInt(96, 3_054_000);
    header.put((byte) 13).putShort((short) 0).putShort((short) 0).putShort((short) pageSize);
    header.put((byte) 0);
    List<byte[]> after = List.of(firstPage(first, 1));
    return new SimCommit(List.of(new Write(1, after.getFirst())), after);
  }

  /// The journal mode changes: page 1 is written.
  static SimCommit version(List<byte[]> before, int version) {
    byte[] first = firstPage(before.getFirst(), before.size());
    first[18] = (byte) version;
    first[19] = (byte) version;
    List<byte[]> after = new ArrayList<>(before);
    after.set(0, first);
    return new SimCommit(List.of(new Write(1, first)), after);
  }

  /// All pages anew, of another size.
  static SimCommit vacuum(int pageSize, RandomGenerator random) {
    SimCommit created = create(pageSize, 1, random);
    return grow(created.after(), 1 + random.nextInt(10), random);
  }

  static SimCommit random(List<byte[]> before, RandomGenerator random) {
    SimCommit change =
        switch (random.nextInt(12)) {
          case 0 -> new SimCommit(List.of(new Write(1, before.getFirst())), before);
          case 1 -> edit(before, 1, random);
          case 2, 3, 4 -> grow(before, 1 + random.nextInt(5), random);
          case 5 -> shrink(before, random);
          case 6 -> rewrite(before, random);
          case 7 -> growAndShrink(before, random);
          default -> edit(before, 1 + random.nextInt(4), random);
        };
    return random.nextInt(4) == 0 ? change.twice(random) : change;
  }

  private static SimCommit edit(List<byte[]> before, int count, RandomGenerator random) {
    SortedMap<Integer, byte[]> changed = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int pgno = 1 + random.nextInt(before.size());
      changed.put(pgno, edited(pgno, before.get(pgno - 1), random));
    }
    return of(before, before.size(), changed);
  }

  private static SimCommit grow(List<byte[]> before, int count, RandomGenerator random) {
    int size = Math.min(PAGES_MAX, before.size() + count);
    SortedMap<Integer, byte[]> changed = new TreeMap<>();
    for (int pgno = before.size() + 1; pgno <= size; pgno++) {
      changed.put(pgno, noise(before.getFirst().length, random));
    }
    return of(before, size, changed);
  }

  private static SimCommit shrink(List<byte[]> before, RandomGenerator random) {
    int size = 1 + random.nextInt(before.size());
    SortedMap<Integer, byte[]> changed = new TreeMap<>();
    int moved = 1 + random.nextInt(size);
    changed.put(moved, edited(moved, before.get(moved - 1), random));
    return of(before, size, changed);
  }

  private static SimCommit rewrite(List<byte[]> before, RandomGenerator random) {
    int size = 1 + random.nextInt(Math.min(PAGES_MAX, before.size() + 3));
    SortedMap<Integer, byte[]> changed = new TreeMap<>();
    for (int pgno = 2; pgno <= size; pgno++) {
      changed.put(pgno, noise(before.getFirst().length, random));
    }
    return of(before, size, changed);
  }

  private static SimCommit growAndShrink(List<byte[]> before, RandomGenerator random) {
    SimCommit change = shrink(before, random);
    List<Write> writes = new ArrayList<>(change.writes());
    for (int i = 1; i <= 3; i++) {
      writes.add(new Write(before.size() + i, noise(before.getFirst().length, random)));
    }
    return new SimCommit(writes, change.after());
  }

  /// The same, but pages were spilled before with what they held then.
  private SimCommit twice(RandomGenerator random) {
    List<Write> all = new ArrayList<>();
    for (Write write : writes) {
      if (random.nextBoolean()) {
        all.add(new Write(write.pgno(), noise(write.page().length, random)));
      }
    }
    all.addAll(writes);
    return new SimCommit(all, after);
  }

  /// Page 1 is among the changed ones if the size changes.
  private static SimCommit of(List<byte[]> before, int size, SortedMap<Integer, byte[]> changed) {
    if (size != before.size() || changed.containsKey(1) || changed.isEmpty()) {
      changed.put(1, firstPage(changed.getOrDefault(1, before.getFirst()), size));
    }
    List<byte[]> after = new ArrayList<>();
    for (int pgno = 1; pgno <= size; pgno++) {
      after.add(pgno <= before.size() ? before.get(pgno - 1) : changed.get(pgno));
    }
    changed.forEach((pgno, page) -> after.set(pgno - 1, page));
    return new SimCommit(
        changed.entrySet().stream().map(e -> new Write(e.getKey(), e.getValue())).toList(), after);
  }

  /// Page 1 with the counter moved on, and the size of the database.
  private static byte[] firstPage(byte[] page, int size) {
    byte[] first = page.clone();
    ByteBuffer header = ByteBuffer.wrap(first);
    int counter = header.getInt(24) + 1;
    header.putInt(24, counter).putInt(28, size).putInt(92, counter);
    return first;
  }

  private static byte[] edited(int pgno, byte[] page, RandomGenerator random) {
    byte[] edited = page.clone();
    int from = pgno == 1 ? FREE_SPACE : 0;
    ByteBuffer.wrap(edited)
        .putLong(from + random.nextInt(page.length - from - 7), random.nextLong());
    return edited;
  }

  private static byte[] noise(int pageSize, RandomGenerator random) {
    byte[] page = new byte[pageSize];
    random.nextBytes(page);
    return page;
  }
}
