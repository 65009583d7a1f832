package dev.tidemark.store;

import java.io.IOException;

/// Takes what is in one object, file by file. Called by one thread. Nothing is proven before the
/// whole object was read.
public interface ObjectVisitor {
  /// Visits nothing: the object is read for its own checks only.
  ObjectVisitor NONE =
      new ObjectVisitor() {
        @Override
        public boolean beginFile(int i) {
          return false;
        }

        @Override
        public void page(long pgno, long checksum, byte[] page) {}
      };

  /// LTX file `i` begins; false if its pages are not wanted.
  boolean beginFile(int i) throws IOException;

  /// `page` is valid during the call.
  void page(long pgno, long checksum, byte[] page) throws IOException;

  /// The pages of file `i` are read.
  default void endFile(int i) throws IOException {}
}
