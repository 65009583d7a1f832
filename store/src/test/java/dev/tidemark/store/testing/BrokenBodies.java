package dev.tidemark.store.testing;

import dev.tidemark.store.Body;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/// Bodies whose bytes cannot be had: a spool file on a bad disk, or one that was cut.
public final class BrokenBodies {
  private BrokenBodies() {}

  public static Body failingAfter(int good, long size) {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("bad sector");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            throw new IOException("bad sector");
          }
        };
    return body(
        size, () -> new SequenceInputStream(new ByteArrayInputStream(new byte[good]), failing));
  }

  public static Body shorterThanSaid(int real, long size) {
    return body(size, () -> new ByteArrayInputStream(new byte[real]));
  }

  private interface Opener {
    InputStream open();
  }

  private static Body body(long size, Opener opener) {
    return new Body() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open() {
        return opener.open();
      }
    };
  }
}
