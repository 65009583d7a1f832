package dev.tidemark.store.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A bad network before an S3 server: a proxy that forwards requests byte by byte, so that their
/// signatures stay valid, and does to some of them what networks and busy servers do.
public final class FaultProxy implements AutoCloseable {
  private static final int DELAY_MILLIS_MAX = 300;
  private static final int DRIPS_MAX = 50;

  /// How many requests of a hundred have a fault, and which.
  public record Weather(int percent, List<Fault> faults) {
    public static final Weather CALM = new Weather(0, List.of());
  }

  private final InetSocketAddress server;
  private final Random random;
  private final int port;
  private static final int BIND_ATTEMPTS = 100;
  private static final int BIND_PAUSE_MILLIS = 100;

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
  private volatile Weather weather = Weather.CALM;
  private Optional<ServerSocket> listener;

  private FaultProxy(URI server, long seed) throws IOException {
    this.server = new InetSocketAddress(server.getHost(), server.getPort());
    this.random = new Random(seed);
    ServerSocket first = listen(0);
    this.port = first.getLocalPort();
    this.listener = Optional.of(first);
  }

  public static FaultProxy start(URI server, long seed) throws IOException {
    return new FaultProxy(server, seed);
  }

  private ServerSocket listen(int at) throws IOException {
    ServerSocket opened = new ServerSocket();
    opened.setReuseAddress(true);
    opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
    Thread.ofVirtual().name("proxy").start(() -> accept(opened));
    return opened;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public void weather(Weather next) {
    weather = next;
  }

  /// How often each fault was.
  public synchronized Map<Fault, Integer> counts() {
    return new EnumMap<>(counts);
  }

  /// From now on connections are refused, and those that were open are reset.
  public synchronized void away() throws IOException {
    if (listener.isPresent()) {
      listener.get().close();
      listener = Optional.empty();
    }
    for (Socket socket : sockets) {
      reset(socket);
    }
  }

  /// On the same port; somebody's outgoing connection may have it for a moment.
  public synchronized void back() throws IOException, InterruptedException {
    for (int attempt = 1; listener.isEmpty(); attempt++) {
      try {
        listener = Optional.of(listen(port));
      } catch (BindException e) {
        if (attempt == BIND_ATTEMPTS) {
          throw e;
        }
        Thread.sleep(BIND_PAUSE_MILLIS);
      }
    }
  }

  private void accept(ServerSocket from) {
    try {
      while (true) {
        Socket client = from.accept();
        sockets.add(client);
        if (from.isClosed()) {
          reset(client);
        }
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // Away, or closed.
    }
  }

  private void serve(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream())) {
      Optional<HttpHead> request = HttpHead.read(in);
      while (request.isPresent() && forward(request.get(), in, client)) {
        request = HttpHead.read(in);
      }
    } catch (IOException _) {
      // One of the two ends is gone, and with this the other.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  private synchronized Optional<Fault> draw() {
    Weather now = weather;
    if (now.faults().isEmpty() || random.nextInt(100) >= now.percent()) {
      return Optional.empty();
    }
    Fault fault = now.faults().get(random.nextInt(now.faults().size()));
    counts.merge(fault, 1, Integer::sum);
    return Optional.of(fault);
  }

  private synchronized int drawMillis() {
    return random.nextInt(DELAY_MILLIS_MAX);
  }

  /// Whether the client's connection can go on.
  private boolean forward(HttpHead request, InputStream in, Socket client)
      throws IOException, InterruptedException {
    Optional<Fault> fault = draw();
    if (fault.isEmpty()) {
      exchange(request, in, client.getOutputStream());
      return !request.closes();
    }
    switch (fault.get()) {
      case RESET -> reset(client);
      case CUT_REQUEST -> {
        try (Socket to = connect()) {
          request.writeTo(to.getOutputStream());
          HttpHead.copy(in, to.getOutputStream(), request.contentLength() / 2);
          reset(to);
        }
        reset(client);
      }
      case DELAY -> {
        Thread.sleep(drawMillis());
        exchange(request, in, client.getOutputStream());
      }
      case ERROR_500 -> refuse(request, in, client, "500 Internal Server Error", "InternalError");
      case SLOW_DOWN -> refuse(request, in, client, "503 Slow Down", "SlowDown");
      case LOST_ANSWER -> {
        exchange(request, in, OutputStream.nullOutputStream());
        reset(client);
      }
      case CUT_ANSWER -> {
        byte[] answer = answer(request, in);
        client.getOutputStream().write(answer, 0, answer.length - answer.length / 3);
      }
      case DRIP -> drip(answer(request, in), client.getOutputStream());
    }
    return false;
  }

  private Socket connect() throws IOException {
    return new Socket(server.getAddress(), server.getPort());
  }

  private void exchange(HttpHead request, InputStream in, OutputStream out) throws IOException {
    try (Socket to = connect();
        InputStream from = new BufferedInputStream(to.getInputStream())) {
      request.writeTo(to.getOutputStream());
      HttpHead.copy(in, to.getOutputStream(), request.contentLength());
      HttpHead answer = HttpHead.read(from).orElseThrow(() -> new IOException("no answer"));
      answer.writeTo(out);
      answer.copyAnswer(request, from, out);
      out.flush();
    }
  }

  private byte[] answer(HttpHead request, InputStream in) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    exchange(request, in, answer);
    return answer.toByteArray();
  }

  private static void refuse(
      HttpHead request, InputStream in, Socket client, String status, String code)
      throws IOException {
    HttpHead.copy(in, OutputStream.nullOutputStream(), request.contentLength());
    boolean head = request.firstLine().startsWith("HEAD ");
    String body = "<Error><Code>%s</Code><Message>a fault</Message></Error>".formatted(code);
    String answer =
        "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, body.length(), head ? "" : body);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void drip(byte[] answer, OutputStream out)
      throws IOException, InterruptedException {
    int piece = Math.max(16, answer.length / DRIPS_MAX);
    for (int at = 0; at < answer.length; at += piece) {
      out.write(answer, at, Math.min(piece, answer.length - at));
      out.flush();
      Thread.sleep(5);
    }
  }

  private static void reset(Socket socket) throws IOException {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException _) {
      // Closed already.
    }
    socket.close();
  }

  @Override
  public synchronized void close() throws IOException {
    weather = Weather.CALM;
    if (listener.isPresent()) {
      listener.get().close();
    }
    for (Socket socket : new ArrayList<>(sockets)) {
      socket.close();
    }
  }
}
