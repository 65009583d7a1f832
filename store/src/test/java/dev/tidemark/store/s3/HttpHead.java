package dev.tidemark.store.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// The first line and the fields of an HTTP/1.1 message, as they came: whatever is signed stays as
/// it is. Knows where the body ends, so that a proxy can.
final class HttpHead {
  private static final int BYTES_MAX = 1 << 16;

  private final byte[] bytes;

  private HttpHead(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The next head of a connection; empty at its end.
  static Optional<HttpHead> read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int line = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.write(b);
      if (b == '\n' && line == 0) {
        return Optional.of(new HttpHead(head.toByteArray()));
      }
      line = b == '\n' ? 0 : b == '\r' ? line : line + 1;
      if (head.size() > BYTES_MAX) {
        throw new IOException("a head of more than " + BYTES_MAX + " bytes");
      }
    }
    if (head.size() > 0) {
      throw new EOFException("a head without an end");
    }
    return Optional.empty();
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  String firstLine() {
    return text().lines().findFirst().orElse("");
  }

  private String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private Optional<String> field(String name) {
    return text()
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  /// Of a request; an answer without a length ends with its connection.
  long contentLength() {
    return field("content-length").map(Long::parseLong).orElse(0L);
  }

  boolean closes() {
    return field("connection").filter("close"::equalsIgnoreCase).isPresent();
  }

  /// Copies the body of the answer to such a request, framing included.
  void copyAnswer(HttpHead request, InputStream in, OutputStream out) throws IOException {
    String status = firstLine().split(" ", 3)[1];
    if (request.firstLine().startsWith("HEAD ") || status.equals("204") || status.equals("304")) {
      return;
    }
    if (field("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      copyChunks(in, out);
    } else if (field("content-length").isPresent()) {
      copy(in, out, contentLength());
    } else {
      in.transferTo(out);
    }
  }

  static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[1 << 14];
    for (long left = bytes; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException("a body ends " + left + " bytes early");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  private static void copyChunks(InputStream in, OutputStream out) throws IOException {
    for (String size = line(in, out); ; size = line(in, out)) {
      long bytes = Long.parseLong(size.split(";", 2)[0].strip(), 16);
      if (bytes == 0) {
        break;
      }
      copy(in, out, bytes + 2);
    }
    while (!line(in, out).isEmpty()) {
      // A field after the last chunk.
    }
  }

  private static String line(InputStream in, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      out.write(b);
      if (b == '\n') {
        return line.toString().strip();
      }
      line.append((char) b);
    }
    throw new EOFException("chunks without an end");
  }
}
