package dev.tidemark.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// The bytes of an answer: exactly as many as announced, or an IOException. Closed before its end,
/// it drops the connection instead of reading the rest.
final class ResponseContent extends InputStream {
  private final String key;
  private final ResponseInputStream<GetObjectResponse> in;
  private final long size;
  private long read;
  private boolean closed;

  ResponseContent(String key, ResponseInputStream<GetObjectResponse> in, long size) {
    this.key = key;
    this.in = in;
    this.size = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    if (closed) {
      throw new IOException("reading %s after it was closed".formatted(key));
    }
    if (count == 0) {
      return 0;
    }
    int n;
    try {
      n = read == size ? -1 : in.read(bytes, from, (int) Math.min(count, size - read));
    } catch (SdkException e) {
      throw new IOException(
          "reading %s at byte %d of %d: connection lost".formatted(key, read, size), e);
    }
    if (n < 0 && read < size) {
      throw new EOFException("%s was cut short at byte %d of %d".formatted(key, read, size));
    }
    read += Math.max(n, 0);
    return n;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (read < size) {
      in.abort();
    } else {
      in.close();
    }
  }
}
