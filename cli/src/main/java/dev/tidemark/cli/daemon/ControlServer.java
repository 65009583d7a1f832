package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP/1.1 over a Unix domain socket, one request per connection and one virtual thread each. The
/// JDK's server knows TCP only; this one needs a page, since its clients are ours and `curl
/// --unix-socket`.
final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final int HEAD_BYTES_MAX = 8 << 10;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ControlSocket place;
  private final ServerSocketChannel server;
  private final Endpoints endpoints;

  private ControlServer(ControlSocket place, ServerSocketChannel server, Endpoints endpoints) {
    this.place = place;
    this.server = server;
    this.endpoints = endpoints;
  }

  static ControlServer start(ControlSocket place, Endpoints endpoints)
      throws IOException, CommandException {
    Path socket = place.claim();
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      channel.close();
      throw new IOException("cannot listen at " + socket + ": " + e.getMessage(), e);
    }
    ControlServer server = new ControlServer(place, channel, endpoints);
    Thread.ofPlatform().daemon().name("control").start(server::accept);
    return server;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        // Out of descriptors, for example: others may be given back.
        log.warn("cannot accept a connection on the control socket: {}", e.toString());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(client));
      Response response = answer(head(in));
      write(response, Channels.newOutputStream(client));
    } catch (IOException e) {
      log.debug("a control connection broke: {}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Response answer(String head) throws InterruptedException {
    Request request;
    try {
      request = Request.parse(head);
    } catch (IllegalArgumentException e) {
      return Response.refused(400, String.valueOf(e.getMessage()));
    }
    try {
      return endpoints.answer(request);
    } catch (RuntimeException e) {
      log.error("unexpected failure of {} {}", request.method(), request.path(), e);
      return Response.failed(e);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0 && head.indexOf("\n\n") < 0) {
      int next = in.read();
      if (next < 0 || head.length() >= HEAD_BYTES_MAX) {
        throw new IOException("the request ends too early or is too long");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void write(Response response, OutputStream out) throws IOException {
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + response.status()
            + (response.status() == 200 ? " OK" : " Failed")
            + "\r\nContent-Type: "
            + response.contentType()
            + "\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n"
            + Response.EXIT_CODE_HEADER
            + ": "
            + response.exitCode().status()
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
  }

  /// Stops listening. Answers that are under way are given up by the end of the process.
  @Override
  public void close() {
    try {
      server.close();
      place.release();
    } catch (IOException e) {
      log.warn("cannot remove the control socket: {}", e.toString());
    }
  }
}
