import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How an application waits until what it has committed is in the bucket: it asks the daemon at its
 * control socket. Needs a JDK and nothing else.
 *
 * <pre>java Wait.java app.db 10s</pre>
 */
class Wait {
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 1) {
      System.err.println("usage: java Wait.java DB [TIMEOUT]");
      System.exit(2);
    }
    // Here the application would commit.
    String timeout = arguments.length > 1 ? arguments[1] : "10s";
    Answer answer = stored(Path.of(arguments[0]), timeout);
    (answer.exitCode() == 0 ? System.out : System.err).println(answer.body());
    System.exit(answer.exitCode());
  }

  /** The exit code that `tidemark sync` would have (0 = stored), and its output. */
  record Answer(int exitCode, String body) {}

  /** Returns when everything that was committed before the call is stored, or the time is over. */
  static Answer stored(Path database, String timeout) throws IOException {
    String request =
        "POST /sync?level=stored&timeout="
            + timeout
            + " HTTP/1.1\r\n"
            + "Host: tidemark\r\nAccept: application/json\r\n\r\n";
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket(database)));
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      byte[] all = Channels.newInputStream(channel).readAllBytes();
      return parse(new String(all, StandardCharsets.UTF_8));
    }
  }

  private static Answer parse(String response) throws IOException {
    int end = response.indexOf("\r\n\r\n");
    for (String line : response.substring(0, Math.max(end, 0)).split("\r\n")) {
      if (line.startsWith("Tidemark-Exit-Code: ")) {
        int code = Integer.parseInt(line.substring("Tidemark-Exit-Code: ".length()));
        return new Answer(code, response.substring(end + 4).strip());
      }
    }
    throw new IOException("the daemon broke off");
  }

  /** In the state folder beside the real file, or where control.path says if that is too long. */
  private static Path socket(Path database) throws IOException {
    Path real = database.toRealPath();
    Path state = real.resolveSibling("." + real.getFileName() + "-tidemark");
    Path elsewhere = state.resolve("control.path");
    return Files.exists(elsewhere)
        ? Path.of(Files.readString(elsewhere).strip())
        : state.resolve("control.sock");
  }
}
