package dev.tidemark.store.s3;

import dev.tidemark.store.StoreUrl;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Reads each request to its end and answers with fixed bytes, of which empty ones mean: nothing,
/// the connection is dropped.
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Function<String, String> answer;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile String head = "";

  private RawServer(ServerSocket socket, Function<String, String> answer) {
    this.socket = socket;
    this.answer = answer;
  }

  static RawServer answering(String answer) throws IOException {
    return answering(_ -> answer);
  }

  /// An answer for each head of a request, in lower case.
  static RawServer answering(Function<String, String> answer) throws IOException {
    RawServer server =
        new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
    Thread.ofVirtual().start(server::serve);
    return server;
  }

  static RawServer dropping() throws IOException {
    return answering("");
  }

  /// An S3 error.
  static RawServer refusing(String status, String code) throws IOException {
    return answering(error(status, code));
  }

  static String error(String status, String code) {
    return answer(
        status, "<Error><Code>%s</Code><Message>signed: hush</Message></Error>".formatted(code));
  }

  static String answer(String status, String body) {
    return "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, body.length(), body);
  }

  StoreUrl.S3 url() {
    URI endpoint = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    return new StoreUrl.S3("bucket", "p", Optional.of(endpoint), Optional.empty(), true);
  }

  /// How many requests came whole.
  int requests() {
    return requests.get();
  }

  /// The head of the last request that came whole, in lower case.
  String head() {
    return head;
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        head = consume(new BufferedInputStream(client.getInputStream()));
        requests.incrementAndGet();
        client.getOutputStream().write(answer.apply(head).getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // The client went away, or the test is over.
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  private static String consume(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("no request");
      }
      head.append((char) c);
    }
    String text = head.toString().toLowerCase(Locale.ROOT);
    for (String line : text.split("\r\n", -1)) {
      if (line.startsWith("content-length:")) {
        in.skipNBytes(Long.parseLong(line.substring("content-length:".length()).strip()));
      }
    }
    return text;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
