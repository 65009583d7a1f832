package dev.tidemark.store;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/// A process that stores an object in a local store (its root is the argument) and gets stuck in
/// the middle of it, at byte 10 of 20: says "stuck", and waits for a byte.
final class HungPut {
  private HungPut() {}

  public static void main(String[] args) throws Exception {
    ObjectStore store = Stores.open(new StoreUrl.Local(Path.of(args[0])), false);
    store.putIfAbsent("snapshots/a", new Hanging());
  }

  private static final class Hanging implements Body {
    @Override
    public long size() {
      return 20;
    }

    @Override
    public InputStream open() {
      return new InputStream() {
        private int count;

        @Override
        public int read() throws IOException {
          if (count == 10) {
            new PrintStream(new FileOutputStream(FileDescriptor.out), true).println("stuck");
            System.in.read();
          }
          return count++ < 20 ? 7 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int one = read();
          if (one < 0) {
            return -1;
          }
          bytes[offset] = (byte) one;
          return 1;
        }
      };
    }
  }
}
