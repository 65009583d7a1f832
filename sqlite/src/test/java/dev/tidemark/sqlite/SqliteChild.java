package dev.tidemark.sqlite;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;
import org.sqlite.SQLiteConnection;

/// The other end of [SqliteProcess].
final class SqliteChild {
  private Optional<Connection> connection = Optional.empty();
  private Optional<ChildLoop> loop = Optional.empty();
  private String url = "";

  private SqliteChild() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var child = new SqliteChild();
    var commands = new DataInputStream(System.in);
    var answers = new DataOutputStream(System.out);
    boolean open = true;
    while (open) {
      String command;
      try {
        command = commands.readUTF();
      } catch (EOFException parentIsGone) {
        return;
      }
      String argument = commands.readUTF();
      try {
        String answer = child.run(command, argument);
        answers.writeBoolean(true);
        answers.writeUTF(answer);
      } catch (SQLException | IOException | IllegalStateException e) {
        answers.writeBoolean(false);
        answers.writeUTF(String.valueOf(e.getMessage()));
      }
      answers.flush();
      open = !command.equals("close");
    }
  }

  private String run(String command, String argument)
      throws SQLException, IOException, InterruptedException {
    switch (command) {
      case "open" -> {
        url = "jdbc:sqlite:" + argument;
        connection = Optional.of(DriverManager.getConnection(url));
      }
      case "exec" -> exec(argument);
      case "query" -> {
        return query(argument);
      }
      case "image" -> {
        byte[] image = serialize(connection.orElseThrow());
        return sha256(image) + " " + image.length;
      }
      case "save" -> Files.write(Path.of(argument), serialize(connection.orElseThrow()));
      case "start" -> start(WriteLoop.of(url, argument));
      case "turns" -> start(TurnLoop.of(url, argument));
      case "checkpoints" -> start(CheckpointLoop.of(url, argument));
      case "await" -> loop.orElseThrow().await();
      case "stop" -> loop.orElseThrow().stop();
      case "close" -> {
        if (loop.isPresent()) {
          loop.get().stop();
        }
        connection.orElseThrow().close();
      }
      default -> throw new IllegalStateException("unknown command " + command);
    }
    return "";
  }

  private void start(ChildLoop started) {
    loop = Optional.of(started);
    started.start();
  }

  private void exec(String sql) throws SQLException {
    try (Statement statement = connection.orElseThrow().createStatement()) {
      statement.execute(sql);
    }
  }

  private String query(String sql) throws SQLException {
    try (Statement statement = connection.orElseThrow().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var lines = new StringJoiner("\n");
      while (rows.next()) {
        var line = new StringJoiner("|");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          line.add(String.valueOf(rows.getString(i)));
        }
        lines.add(line.toString());
      }
      return lines.toString();
    }
  }

  static byte[] serialize(Connection connection) throws SQLException {
    return serialize(connection, "main");
  }

  /// As another connection sees it: a page that was given back within a savepoint may have a
  /// content in this one's cache that was never written.
  static byte[] serialize(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA shrink_memory");
    }
    return connection.unwrap(SQLiteConnection.class).serialize(schema);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
