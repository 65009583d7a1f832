package dev.tidemark.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/// A consistent copy of a database that others may be writing to, by SQLite's own backup.
final class DatabaseCopy {
  private DatabaseCopy() {}

  static void copy(Path from, Path to) throws IOException, SQLException {
    Files.deleteIfExists(to);
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5_000);
    try (Connection source =
        DriverManager.getConnection("jdbc:sqlite:" + from, config.toProperties())) {
      int code =
          source.unwrap(SQLiteConnection.class).getDatabase().backup("main", to.toString(), null);
      if (code != 0) {
        throw new SQLException("copying %s: SQLite answers %d".formatted(from, code));
      }
    }
  }
}
