package dev.tidemark.ltx;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Collects the pages of many small transactions in memory, each page's newest version only, and
/// gives them in order as one file has them. So a segment, whose transactions each begin with the
/// first page again, becomes something that can be merged.
///
/// First [#add] as often as it [#fits], then the pages once, then [#clear].
public final class LtxRun implements SortedPages {
  private static final int CHUNK = 256 << 10;

  private final int capacity;
  private final List<byte[]> chunks = new ArrayList<>();
  private final TreeMap<Long, Integer> slots = new TreeMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private long[] crcs = new long[0];
  private int used;
  // In a list, since there is none before the first file.
  private final List<LtxHeader> ends = new ArrayList<>();
  private Checksum after = Checksum.NONE;
  private long smallestCommit;
  private Iterator<Map.Entry<Long, Integer>> pages = slots.entrySet().iterator();
  private long pgno;
  private int slot;
  private boolean begun;

  /// Holds at most so many bytes of pages.
  public LtxRun(int capacity) {
    this.capacity = capacity;
  }

  public boolean isEmpty() {
    return ends.isEmpty();
  }

  /// Whether so many more pages have room, whichever they are.
  public boolean fits(PageSize size, long count) {
    return (slots.size() + count) * size.bytes() <= capacity;
  }

  /// Takes all pages of a file that continues what was added before. A file with more pages than
  /// have room is corrupt: fewer were announced.
  public void add(SortedPages file) throws IOException {
    LtxHeader header = file.header();
    if (isEmpty()) {
      smallestCommit = header.commit();
    } else {
      LtxMerge.checkNeighbours(1, ends.getLast(), header);
      if (!header.preApply().equals(after)) {
        throw new CorruptLtxException(
            40,
            "file continues from checksum %s, the one before ends with %s"
                .formatted(header.preApply(), after));
      }
      smallestCommit = Math.min(smallestCommit, header.commit());
      cutOff(header.commit());
    }
    while (file.next()) {
      put(header.pageSize(), file);
    }
    after = file.after();
    if (ends.size() == 2) {
      ends.removeLast();
    }
    ends.add(header);
  }

  /// Forgets everything but the room.
  public void clear() {
    slots.clear();
    free.clear();
    used = 0;
    ends.clear();
    begun = false;
  }

  private void cutOff(long commit) {
    Map<Long, Integer> gone = slots.tailMap(commit, false);
    free.addAll(gone.values());
    gone.clear();
  }

  private void put(PageSize size, SortedPages file) throws CorruptLtxException {
    int perChunk = CHUNK / size.bytes();
    int at = slots.computeIfAbsent(file.pgno(), _ -> free.isEmpty() ? used++ : free.pop());
    if (!fits(size, 0)) {
      throw new CorruptLtxException(0, "file has more pages than its row says");
    }
    if (at / perChunk == chunks.size()) {
      chunks.add(new byte[CHUNK]);
    }
    if (at >= crcs.length) {
      crcs = Arrays.copyOf(crcs, Math.max(perChunk, 2 * crcs.length));
    }
    crcs[at] = file.pageCrc();
    byte[] chunk = chunks.get(at / perChunk);
    int offset = at % perChunk * size.bytes();
    System.arraycopy(file.page(), file.pageOffset(), chunk, offset, size.bytes());
  }

  @Override
  public LtxHeader header() {
    if (isEmpty()) {
      throw new IllegalStateException("nothing was added");
    }
    return LtxMerge.outputHeader(ends.getFirst(), ends.getLast());
  }

  @Override
  public long smallestCommit() {
    return smallestCommit;
  }

  @Override
  public boolean next() {
    if (!begun) {
      pages = slots.entrySet().iterator();
      begun = true;
    }
    if (!pages.hasNext()) {
      return false;
    }
    Map.Entry<Long, Integer> page = pages.next();
    pgno = page.getKey();
    slot = page.getValue();
    return true;
  }

  @Override
  public long pgno() {
    return pgno;
  }

  @Override
  public byte[] page() {
    return chunks.get(slot / perChunk());
  }

  @Override
  public int pageOffset() {
    return slot % perChunk() * ends.getFirst().pageSize().bytes();
  }

  @Override
  public long pageCrc() {
    return crcs[slot];
  }

  @Override
  public Checksum after() {
    return after;
  }

  private int perChunk() {
    return CHUNK / ends.getFirst().pageSize().bytes();
  }
}
