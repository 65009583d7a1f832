package dev.tidemark.restore;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.JsonObject;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.PageSums;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A walk along the log whose page checksums outlive the process: `<name>.sums`, with `<name>.undo`
/// and the position in `<name>.json` beside it. Either an object counts whole or the files are
/// those before it, also after a kill; after a loss of power the checksums may not add up, and then
/// nothing counts.
final class ProofTrack implements Closeable {
  /// Reads a state into a table.
  interface Fill {
    StateRead into(PageSums sums)
        throws IOException,
            DamagedLogException,
            PositionNotFoundException,
            StoreException,
            InterruptedException;
  }

  private final Path folder;
  private final String name;
  private final SmallFile record;
  private PageSums sums;
  private UndoFile undo;
  private ProvenPages pages;
  private Optional<Position> at = Optional.empty();

  private ProofTrack(Path folder, String name, PageSums sums, UndoFile undo) {
    this.folder = folder;
    this.name = name;
    this.record = new SmallFile(folder.resolve(name + ".json"));
    this.sums = sums;
    this.undo = undo;
    this.pages = new ProvenPages(sums, undo);
  }

  static ProofTrack open(Path folder, String name) throws IOException {
    Optional<JsonObject> known = new SmallFile(folder.resolve(name + ".json")).read();
    long pages = known.map(record -> record.number("pages").orElse(0)).orElse(0L);
    PageSums sums = PageSums.open(folder.resolve(name + ".sums"), pages);
    UndoFile undo;
    try {
      undo = UndoFile.open(folder.resolve(name + ".undo"));
    } catch (IOException e) {
      sums.close();
      throw e;
    }
    ProofTrack track = new ProofTrack(folder, name, sums, undo);
    try {
      if (known.isPresent()) {
        track.settle(known.get());
      }
      return track;
    } catch (IOException | RuntimeException e) {
      track.close();
      throw e;
    }
  }

  private void settle(JsonObject known) throws IOException {
    try {
      Position position = Position.parse(known.string("position").orElse(""));
      PageSize size = new PageSize((int) known.number("page_size").orElse(0));
      undo.rollBack(position, sums);
      if (sums.checksum().equals(position.checksum())) {
        pages.set(position, size);
        at = Optional.of(position);
      }
    } catch (IllegalArgumentException _) {
      // A damaged record; the walk begins anew.
      at = Optional.empty();
    }
  }

  /// The state that is proven; empty if none is.
  Optional<Position> at() {
    return at;
  }

  /// Begins at the empty state.
  void clear() throws IOException {
    renew();
    at = Optional.of(Position.START);
  }

  /// Begins at a state that is read; damage leaves no state.
  void begin(Fill fill)
      throws IOException,
          DamagedLogException,
          PositionNotFoundException,
          StoreException,
          InterruptedException {
    renew();
    StateRead read = fill.into(sums);
    pages.set(read.position(), read.pageSize());
    keep(read.position(), read.pageSize());
  }

  /// Reads the object that the scan has begun, which continues from here, and stays at its end.
  /// Answers what is wrong with it; then it stays where it was, as it does after any exception.
  Optional<String> step(ObjectScan scan, IndexFrame index)
      throws IOException,
          DamagedLogException,
          StoreException,
          ObjectGoneException,
          InterruptedException {
    Position base = at.orElseThrow();
    undo.begin(base, sums.pages());
    boolean isProven = false;
    try {
      ProvenPages.Forward forward = pages.forward(index);
      scan.read(forward);
      Optional<String> problem = forward.end();
      isProven = problem.isEmpty();
      if (isProven) {
        keep(index.end(), index.identity().pageSize());
        undo.clear();
      }
      return problem;
    } finally {
      if (!isProven) {
        takeBack(base);
      }
    }
  }

  private void keep(Position position, PageSize size) throws IOException {
    record.write(
        new JsonObject()
            .put("position", position.toString())
            .put("page_size", size.bytes())
            .put("pages", sums.pages()));
    at = Optional.of(position);
  }

  private void takeBack(Position base) throws IOException {
    if (base.equals(Position.START)) {
      clear();
      return;
    }
    at = Optional.empty();
    Optional<JsonObject> known = record.read();
    if (known.isPresent()) {
      settle(known.get());
    }
  }

  private void renew() throws IOException {
    close();
    at = Optional.empty();
    Files.deleteIfExists(record.path());
    Files.deleteIfExists(folder.resolve(name + ".sums"));
    undo = UndoFile.open(folder.resolve(name + ".undo"));
    undo.clear();
    sums = PageSums.open(folder.resolve(name + ".sums"), 0);
    pages = new ProvenPages(sums, undo);
  }

  @Override
  public void close() throws IOException {
    try (UndoFile _ = undo) {
      sums.close();
    }
  }
}
