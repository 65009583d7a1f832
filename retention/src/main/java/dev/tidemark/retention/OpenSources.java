package dev.tidemark.retention;

import dev.tidemark.ltx.SortedPages;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ScannedObject;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.UnreadableObjectException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The sources of one pass, read side by side, oldest first.
final class OpenSources implements AutoCloseable {
  private final InputLog log;
  private final List<SortedPages> pages = new ArrayList<>();
  private final List<ScannedObject> objects = new ArrayList<>();
  private final List<ObjectScan> scans = new ArrayList<>();

  OpenSources(InputLog log) {
    this.log = log;
  }

  void open(List<MergeSource> sources, MergeLimits limits)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    long stored = sources.stream().filter(MergeSource.Stored.class::isInstance).count();
    ReadAhead ahead = limits.readAhead(Math.max(1, (int) stored));
    for (MergeSource source : sources) {
      pages.add(
          switch (source) {
            case MergeSource.Stored object -> scanned(object, ahead);
            case MergeSource.Spilled(ScratchFile file) -> new SpilledPages(file);
            case MergeSource.Held(SortedPages run) -> run;
          });
    }
  }

  private ScannedObject scanned(MergeSource.Stored source, ReadAhead ahead)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    ObjectScan scan = log.scan(List.of(source.item()), ahead);
    scans.add(scan);
    scan.next(source.item());
    ScannedObject object = scan.open();
    objects.add(object);
    if (!object.nextFile()) {
      throw new IllegalStateException("an object without a file: " + source.item().key().text());
    }
    return object;
  }

  List<SortedPages> pages() {
    return pages;
  }

  /// Checks what the pages alone do not show: the objects' digests.
  void finish() throws UnreadableObjectException {
    for (ScannedObject object : objects) {
      object.finish();
    }
  }

  @Override
  public void close() {
    objects.forEach(ScannedObject::close);
    scans.forEach(ObjectScan::close);
  }
}
