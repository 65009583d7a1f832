package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Asks the daemon of a database.
public final class ControlClient {
  private static final String EXIT_CODE = Response.EXIT_CODE_HEADER + ": ";

  private final Path database;
  private final Path socket;

  private ControlClient(Path database, Path socket) {
    this.database = database;
    this.socket = socket;
  }

  public static ControlClient of(Path database) throws IOException, CommandException {
    Optional<Path> socket = ControlSocket.of(database).find();
    return new ControlClient(database, socket.orElseThrow(() -> noDaemon(database)));
  }

  /// The body of the answer, to be printed as it is. Gives up when there is none after `patience`.
  public String ask(String method, String target, boolean json, Duration patience)
      throws IOException, CommandException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      Thread watchdog = Thread.ofVirtual().start(() -> closeAfter(patience, channel));
      String answer = exchange(channel, method, target, json);
      watchdog.interrupt();
      return body(database, answer);
    } catch (ConnectException _) {
      throw noDaemon(database);
    } catch (ClosedChannelException _) {
      throw new CommandException(
          ExitCode.TIMED_OUT,
          database + ": the daemon did not answer within " + patience.toSeconds() + " s");
    }
  }

  private String exchange(SocketChannel channel, String method, String target, boolean json)
      throws IOException {
    channel.connect(UnixDomainSocketAddress.of(socket));
    String accept = json ? Response.JSON : "text/plain";
    String request =
        method + " " + target + " HTTP/1.1\r\nHost: tidemark\r\nAccept: " + accept + "\r\n\r\n";
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    InputStream in = Channels.newInputStream(channel);
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  static String body(Path database, String answer) throws CommandException {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new CommandException(
          ExitCode.FAILED, database + ": the daemon broke off; look at its log");
    }
    String body = answer.substring(end + 4).stripTrailing();
    ExitCode code = exitCode(answer.substring(0, end));
    if (code != ExitCode.DONE) {
      throw new CommandException(code, body);
    }
    return body;
  }

  private static ExitCode exitCode(String head) {
    for (String line : head.lines().toList()) {
      if (line.startsWith(EXIT_CODE)) {
        String status = line.substring(EXIT_CODE.length()).strip();
        for (ExitCode code : ExitCode.values()) {
          if (Integer.toString(code.status()).equals(status)) {
            return code;
          }
        }
      }
    }
    return ExitCode.FAILED;
  }

  private static void closeAfter(Duration patience, SocketChannel channel) {
    try {
      Thread.sleep(patience);
      channel.close();
    } catch (InterruptedException | IOException _) {
      // Answered in time, or closed already: nothing is left to do.
    }
  }

  private static CommandException noDaemon(Path database) {
    String missing = Files.exists(database) ? "" : ", and there is no such file";
    return new CommandException(
        ExitCode.NOT_FOUND,
        "no daemon ships "
            + database
            + missing
            + "; start one with 'tidemark replicate "
            + database
            + " URL'");
  }
}
