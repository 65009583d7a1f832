package dev.tidemark.store;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.Position;
import java.util.Optional;

/// What the planner wants to know of an object beyond its key: the transactions in it.
public interface Contents {
  Position start();

  int fileCount();

  FileRow file(int i);

  /// The position after file `i`.
  Position position(int i);

  default Position end() {
    return position(fileCount() - 1);
  }

  /// The header of file 0, if it was at hand.
  default Optional<LtxHeader> header() {
    return Optional.empty();
  }

  static Contents of(IndexFrame index) {
    return of(index, Optional.empty());
  }

  static Contents of(IndexFrame index, Optional<LtxHeader> header) {
    return new Contents() {
      @Override
      public Optional<LtxHeader> header() {
        return header;
      }

      @Override
      public Position start() {
        return index.start();
      }

      @Override
      public int fileCount() {
        return index.fileCount();
      }

      @Override
      public FileRow file(int i) {
        return index.file(i);
      }

      @Override
      public Position position(int i) {
        return index.position(i);
      }
    };
  }
}
