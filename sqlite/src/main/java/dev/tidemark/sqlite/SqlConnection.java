package dev.tidemark.sqlite;

import dev.tidemark.sqlite.UnsuitableDatabaseException.Reason;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// A connection of SQLite's own to an existing database. It reads and checkpoints, and never writes
/// a transaction. The one place where SQLite's exceptions are translated.
final class SqlConnection implements AutoCloseable {
  private final Path database;
  private final Connection connection;

  private SqlConnection(Path database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  static SqlConnection open(Path database, int busyMillis)
      throws IOException, UnsuitableDatabaseException {
    var config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setBusyTimeout(busyMillis);
    try {
      return new SqlConnection(database, config.createConnection(url(database)));
    } catch (SQLException e) {
      throw translate(database, e);
    }
  }

  // As a URI, because the driver takes a '?' in a plain path for the beginning of settings.
  private static String url(Path database) {
    String encoded =
        URLEncoder.encode(database.toAbsolutePath().toString(), StandardCharsets.UTF_8)
            .replace("+", "%20")
            .replace("%2F", "/");
    return "jdbc:sqlite:file:" + encoded + "?mode=rw";
  }

  /// Reads once: recovers the wal-index if need be, and holds the locks of a connection that has
  /// read from then on.
  void read() throws IOException, UnsuitableDatabaseException {
    execute("PRAGMA schema_version");
  }

  /// Begins a read transaction at the newest commit.
  void beginRead() throws IOException, UnsuitableDatabaseException {
    execute("BEGIN");
    try {
      read();
    } catch (IOException | UnsuitableDatabaseException e) {
      execute("ROLLBACK");
      throw e;
    }
  }

  void endRead() throws IOException, UnsuitableDatabaseException {
    execute("COMMIT");
  }

  CheckpointResult checkpointPassive() throws IOException, UnsuitableDatabaseException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
      row.next();
      return new CheckpointResult(row.getInt(1) != 0, row.getLong(2), row.getLong(3));
    } catch (SQLException e) {
      throw translate(database, e);
    }
  }

  private void execute(String sql) throws IOException, UnsuitableDatabaseException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw translate(database, e);
    }
  }

  private static IOException translate(Path database, SQLException e)
      throws UnsuitableDatabaseException {
    if (!(e instanceof SQLiteException sqlite)) {
      return new IOException(database + ": " + e.getMessage(), e);
    }
    SQLiteErrorCode code = sqlite.getResultCode();
    if (code == SQLiteErrorCode.SQLITE_BUSY_RECOVERY) {
      return new IOException(database + " is being recovered by another process; try again", e);
    }
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
      case SQLITE_BUSY ->
          throw new UnsuitableDatabaseException(
              Reason.EXCLUSIVE_LOCKING,
              ("%s is locked exclusively by another process; it must not use"
                      + " locking_mode=EXCLUSIVE while it is shipped")
                  .formatted(database));
      case SQLITE_READONLY, SQLITE_PERM ->
          throw new UnsuitableDatabaseException(
              Reason.PERMISSION,
              "%s, its -wal or its -shm cannot be written by this user; run as the database's owner"
                  .formatted(database));
      case SQLITE_NOTADB ->
          throw new UnsuitableDatabaseException(
              Reason.NOT_A_DATABASE,
              "%s is not a SQLite database, or it is encrypted; give the path of a database file"
                  .formatted(database));
      default -> new IOException(database + ": " + e.getMessage(), e);
    };
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(database + ": " + e.getMessage(), e);
    }
  }
}
