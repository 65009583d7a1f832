package dev.tidemark.retention;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxRun;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ScannedObject;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Goes through the inputs of a merge once, oldest first: holds each to the one before it, and
/// makes of each what can be merged. Objects whose pages are in order stay where they are;
/// transactions of segments are read and collected in memory, and spilled when that is full.
final class MergeInputs {
  private static final int SMALL_FRAME_MAX = 256 << 10;

  private final InputLog log;
  private final MergeLimits limits;
  private final MergeSources sources;
  private final Optional<Position> cut;
  private final LtxRun run;
  private Optional<IndexFrame> first = Optional.empty();
  private Position end = Position.START;

  /// `cut`: where the last input counts as ended.
  MergeInputs(InputLog log, MergeLimits limits, MergeSources sources, Optional<Position> cut) {
    this.log = log;
    this.limits = limits;
    this.sources = sources;
    this.cut = cut;
    this.run = new LtxRun(limits.runBytes());
  }

  void read(List<Chain.Item> items)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          PositionNotFoundException,
          PageSizeChangeException,
          InterruptedException {
    List<Chain.Item> segments =
        items.stream().filter(item -> item.key() instanceof ObjectKey.Slot).toList();
    try (ObjectScan scan = log.scan(segments, limits.segmentsAhead())) {
      for (int i = 0; i < items.size(); i++) {
        Chain.Item item = items.get(i);
        boolean isLast = i == items.size() - 1;
        switch (item.key()) {
          case ObjectKey.Slot _ -> segment(scan, item, isLast);
          case ObjectKey.Merged _, ObjectKey.Snapshot _ -> {
            IndexFrame index = log.index(item);
            follow(item, index, isLast);
            stored(item, index);
          }
        }
      }
    }
    if (!run.isEmpty()) {
      sources.add(new MergeSource.Held(run));
    }
  }

  /// The position that the first input continues from.
  Position start() {
    return first().start();
  }

  /// Whether nothing before the first input counts: it begins the log, or it carries every page.
  boolean isWhole() {
    FileRow row = first().file(0);
    long lockPage = pageSize().lockPgno() <= row.databasePages() ? 1 : 0;
    return start().equals(Position.START) || row.pages() >= row.databasePages() - lockPage;
  }

  PageSize pageSize() {
    return first().identity().pageSize();
  }

  /// The position after the last transaction that counts.
  Position end() {
    return end;
  }

  private IndexFrame first() {
    return first.orElseThrow(() -> new IllegalStateException("nothing was read"));
  }

  private void segment(ObjectScan scan, Chain.Item item, boolean isLast)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          PositionNotFoundException,
          PageSizeChangeException,
          InterruptedException {
    IndexFrame index = scan.next(item);
    int last = follow(item, index, isLast);
    if (index.fileCount() == 1
        && index.file(0).length() > limits.runBytes()
        && hasSmallFrames(index)) {
      stored(item, index);
      return;
    }
    try (ScannedObject object = scan.open()) {
      for (int i = 0; object.nextFile(); i++) {
        // What is behind the cut is read for the object's digest.
        if (i <= last) {
          collect(item, object, index.file(i).pages());
        }
      }
      object.finish();
    }
  }

  /// Whether many such objects may be read side by side: a large transaction is cut by pages, a
  /// smaller one is a single frame.
  private static boolean hasSmallFrames(IndexFrame index) {
    for (int i = 0; i < index.frameCount(); i++) {
      if (index.frame(i).decompressedSize() > SMALL_FRAME_MAX) {
        return false;
      }
    }
    return true;
  }

  /// Answers the last file that counts.
  private int follow(Chain.Item item, IndexFrame index, boolean isLast)
      throws DamagedLogException, PositionNotFoundException, PageSizeChangeException {
    if (first.isEmpty()) {
      first = Optional.of(index);
    } else if (!index.start().equals(end)) {
      throw new DamagedLogException(
          item.key().text(),
          "continues from %s, the object before it ends at %s".formatted(index.start(), end));
    }
    PageSize here = index.identity().pageSize();
    if (!here.equals(pageSize())) {
      throw new PageSizeChangeException(item.key(), pageSize(), here);
    }
    int last = index.fileCount() - 1;
    if (isLast && cut.isPresent()) {
      last = fileAt(item, index, cut.get());
    }
    end = index.position(last);
    return last;
  }

  private static int fileAt(Chain.Item item, IndexFrame index, Position position)
      throws PositionNotFoundException {
    for (int i = 0; i < index.fileCount(); i++) {
      if (index.position(i).equals(position)) {
        return i;
      }
    }
    throw new PositionNotFoundException(
        "no transaction of %s ends at %s".formatted(item.key().text(), position));
  }

  private void stored(Chain.Item item, IndexFrame index)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    spillRun();
    sources.add(new MergeSource.Stored(item, index.file(0).length()));
  }

  private void collect(Chain.Item item, ScannedObject file, long pages)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    if (!run.fits(pageSize(), pages)) {
      spillRun();
    }
    if (!run.fits(pageSize(), pages)) {
      sources.addSpilled(file);
      return;
    }
    try {
      run.add(file);
    } catch (CorruptLtxException e) {
      throw new DamagedLogException(item.key().text(), e);
    }
  }

  private void spillRun()
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    if (!run.isEmpty()) {
      sources.addSpilled(run);
      run.clear();
    }
  }
}
