package dev.tidemark.store.s3;

import dev.tidemark.store.Body;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/// A stretch of a body, streamed: nothing of it is kept in memory. The SDK opens it twice, to sign
/// and to send. Remembers that the bytes could not be read, which the SDK would report as a lost
/// connection.
final class BodySource implements ContentStreamProvider {
  private final Body body;
  private final long offset;
  private final long length;
  private volatile Optional<IOException> failure = Optional.empty();

  BodySource(Body body, long offset, long length) {
    this.body = body;
    this.offset = offset;
    this.length = length;
  }

  RequestBody request() {
    return length == 0
        ? RequestBody.empty()
        : RequestBody.fromContentProvider(this, length, "application/octet-stream");
  }

  void check(String key, RuntimeException cause) throws StoreException {
    if (failure.isPresent()) {
      String reason = failure.get().getMessage();
      throw new StoreException(
          Kind.UNAVAILABLE,
          "the bytes to store as %s cannot be read: %s".formatted(key, reason),
          cause);
    }
  }

  @Override
  public InputStream newStream() {
    try {
      InputStream in = body.open();
      in.skipNBytes(offset);
      return new Stretch(in);
    } catch (IOException e) {
      failure = Optional.of(e);
      throw new UncheckedIOException(e);
    }
  }

  private final class Stretch extends FilterInputStream {
    private long left = length;

    Stretch(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (left == 0) {
        return -1;
      }
      try {
        int n = super.read(bytes, from, (int) Math.min(count, left));
        if (n < 0) {
          throw new EOFException("%d bytes fewer than announced".formatted(left));
        }
        left -= n;
        return n;
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }

    @Override
    public long skip(long count) throws IOException {
      long n = super.skip(Math.min(count, left));
      left -= n;
      return n;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(super.available(), left);
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
