package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What was appended to a spool: the states of a small database, each with its position.
final class SpoolModel {
  private static final PageSize PAGE_SIZE = new PageSize(512);
  private static final int PAGES_MAX = 6;

  /// A state: what each page is filled with, and where in the WAL it was.
  private record State(Position position, List<Integer> fills, CaptureCursor cursor) {}

  private final List<State> history = new ArrayList<>();
  // Tries to append the next transaction that failed or never returned.
  private final List<State> tried = new ArrayList<>();
  private int fills;

  SpoolModel() {
    history.add(new State(Position.START, List.of(), CaptureCursor.NONE));
  }

  static Spool open(StateFiles files, Position stored) throws IOException {
    Spool spool =
        new Spool(files, new PageTable(files, PageTable.FILE), new Id128(1, 1), new Id128(2, 2));
    spool.recover(stored);
    return spool;
  }

  static boolean fits(Spool spool) {
    Optional<Position> described = spool.table().head().map(PageTable.Head::position);
    return described.isEmpty()
        ? spool.end().equals(Position.START)
        : described.get().equals(spool.end()) && spool.table().isConsistent();
  }

  void append(Spool spool, RandomGenerator random) throws Exception {
    if (history.size() == 1) {
      append(spool, random, TransactionDraft.Kind.FULL);
    } else if (random.nextInt(8) == 0) {
      append(spool, random, TransactionDraft.Kind.RESYNC);
    } else {
      appendCommit(spool, random);
    }
  }

  void appendCommit(Spool spool, RandomGenerator random) throws Exception {
    append(spool, random, TransactionDraft.Kind.COMMIT);
  }

  private void append(Spool spool, RandomGenerator random, TransactionDraft.Kind kind)
      throws Exception {
    State before = history.getLast();
    int commit = 1 + random.nextInt(PAGES_MAX);
    BitSet changed = new BitSet();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < commit; i++) {
      boolean changes = i == 0 || i >= before.fills().size() || random.nextInt(3) == 0;
      changed.set(i + 1, changes);
      after.add(changes ? ++fills : before.fills().get(i));
    }
    Position position = new Position(before.position().txid().next(), Checksum.ofXor(xorOf(after)));
    State next = new State(position, List.copyOf(after), new CaptureCursor(7, ++fills, 0, fills));
    tried.add(next);
    spool.append(
        new TransactionDraft(
            kind, 1_000L, PAGE_SIZE, commit, pages(changed, after), 0, 0, next.cursor()));
    assertThat(spool.end()).isEqualTo(position);
    history.add(next);
    tried.clear();
  }

  private static byte[] page(int fill) {
    ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE.bytes());
    while (page.hasRemaining()) {
      page.putInt(fill);
    }
    return page.array();
  }

  private static long sumOf(List<Integer> fills, int pgno) {
    return PageChecksum.of(pgno, page(fills.get(pgno - 1)), 0, PAGE_SIZE.bytes());
  }

  private static long xorOf(List<Integer> fills) {
    long xor = 0;
    for (int pgno = 1; pgno <= fills.size(); pgno++) {
      xor ^= sumOf(fills, pgno);
    }
    return xor;
  }

  private static PageSet pages(BitSet changed, List<Integer> fills) {
    return new MarkedPages(
        changed,
        (pgno, page) -> System.arraycopy(page(fills.get(pgno - 1)), 0, page, 0, page.length));
  }

  private State at(Position position) {
    int txid = Math.toIntExact(position.txid().value());
    List<State> states = txid < history.size() ? history.subList(txid, txid + 1) : tried;
    assertThat(states).extracting(State::position).contains(position);
    return states.stream().filter(it -> it.position().equals(position)).findFirst().orElseThrow();
  }

  void assertAppended(Position position) {
    assertThat(at(position).position()).isEqualTo(position);
  }

  /// The table says of each page what it has at the end, and the WAL is read on from there or from
  /// its beginning.
  void assertDescribes(Spool spool) {
    State state = at(spool.end());
    assertThat(spool.commit()).isEqualTo(state.fills().size());
    for (int pgno = 1; pgno <= state.fills().size(); pgno++) {
      assertThat(spool.table().get(pgno)).isEqualTo(sumOf(state.fills(), pgno));
    }
    assertThat(spool.cursor()).isIn(state.cursor(), CaptureCursor.NONE);
  }

  /// What came after a position is lost.
  void goOnFrom(Position end) {
    State state = at(end);
    history.subList(Math.toIntExact(end.txid().value()), history.size()).clear();
    history.add(state);
    tried.clear();
  }

  /// As a start does it: the table of what is stored, from the bucket.
  void rebuildTable(StateFiles files, Position stored) throws IOException {
    PageTable table = new PageTable(files, PageTable.FILE_NEW);
    table.clear();
    State state = at(stored);
    for (int pgno = 1; pgno <= state.fills().size(); pgno++) {
      table.put(pgno, sumOf(state.fills(), pgno));
    }
    if (!stored.equals(Position.START)) {
      int commit = state.fills().size();
      table.describe(PAGE_SIZE, commit, stored, CaptureCursor.NONE, FileStamp.UNKNOWN);
    }
    files.rename(PageTable.FILE_NEW, PageTable.FILE);
    files.syncFolder();
  }
}
