package dev.tidemark.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `./tidemark replicate` beside the application, with the options that everybody gets.
final class Daemon implements AutoCloseable {
  private static final long START_NANOS = 60_000_000_000L;

  private final Process process;
  private final Path socket;

  private Daemon(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /// Returns when everything that was committed before is stored.
  static Daemon start(Place place, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(place.launcher().toString());
    command.addAll(List.of("replicate", place.database().toString(), place.url()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(place.daemonLog().toFile()))
            .start();
    Daemon daemon = new Daemon(process, place.stateFolder().resolve("control.sock"));
    long until = System.nanoTime() + START_NANOS;
    while (!daemon.isUp()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        process.destroy();
        throw new IOException("the daemon does not start: " + Files.readString(place.daemonLog()));
      }
      Thread.sleep(20);
    }
    return daemon;
  }

  private boolean isUp() {
    try {
      sync();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// Waits until everything committed before is stored.
  void sync() throws IOException {
    String request = "POST /sync?level=stored&timeout=60s HTTP/1.1\r\nHost: tidemark\r\n\r\n";
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      InputStream in = Channels.newInputStream(channel);
      String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException(answer);
      }
    }
  }

  /// Memory resident now, and at its highest, in MiB; shared pages of files count.
  long residentMib() throws IOException {
    return kibOf("VmRSS:") >> 10;
  }

  long residentPeakMib() throws IOException {
    return kibOf("VmHWM:") >> 10;
  }

  private long kibOf(String field) throws IOException {
    for (String line : Files.readAllLines(proc().resolve("status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no " + field + " in " + proc().resolve("status"));
  }

  /// Time on a core of all its threads so far.
  long cpuNanos() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(proc().resolve("task"))) {
      for (Path task : tasks) {
        String statistics = Files.readString(task.resolve("schedstat"));
        sum += Long.parseLong(statistics.substring(0, statistics.indexOf(' ')));
      }
    }
    return sum;
  }

  /// Calls of read and write so far, of files and sockets.
  long readsAndWrites() throws IOException {
    long sum = 0;
    for (String line : Files.readAllLines(proc().resolve("io"))) {
      if (line.startsWith("syscr:") || line.startsWith("syscw:")) {
        sum += Long.parseLong(line.substring("syscr: ".length()).strip());
      }
    }
    return sum;
  }

  private Path proc() {
    return Path.of("/proc", Long.toString(process.pid()));
  }

  /// SIGTERM, and wait until it has drained.
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the daemon does not end");
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
