package dev.tidemark.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/// The application's tables and what it does with them, with prepared statements and a fixed seed.
final class Transactions {
  private static final String[] SYLLABLES = {
    "ka", "lo", "mi", "ren", "ta", "vo", "shi", "ne", "dur", "pel", "an", "or", "eth", "im", "su",
    "gra", "bel", "con", "da", "fi", "hu", "ja", "quo", "wy", "zet", "ar", "is", "ut", "ol", "yn"
  };

  private final Connection connection;
  private final Random random = new Random(42);
  private final PreparedStatement update;
  private final PreparedStatement note;
  private final PreparedStatement insertText;
  private int accounts;

  Transactions(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, owner TEXT, balance"
              + " INTEGER)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS transfer(id INTEGER PRIMARY KEY, source INTEGER, target"
              + " INTEGER, amount INTEGER, at INTEGER)");
      statement.execute("CREATE INDEX IF NOT EXISTS transfer_at ON transfer(at)");
      statement.execute("CREATE TABLE IF NOT EXISTS text(id INTEGER PRIMARY KEY, body TEXT)");
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM account")) {
        count.next();
        accounts = count.getInt(1);
      }
    }
    update = connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?");
    note =
        connection.prepareStatement(
            "INSERT INTO transfer(source, target, amount, at) VALUES (?, ?, ?, ?)");
    insertText = connection.prepareStatement("INSERT INTO text(body) VALUES (?)");
  }

  void fillAccounts(int count) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO account(owner, balance) VALUES (?, 1000000)")) {
      for (int i = 0; i < count; i++) {
        insert.setString(1, words(80));
        insert.executeUpdate();
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    accounts += count;
  }

  /// Rows of some hundred bytes, in one transaction.
  void fillText(int bytes) throws SQLException {
    connection.setAutoCommit(false);
    for (int left = bytes; left > 0; ) {
      String body = words(100 + random.nextInt(900));
      insertText.setString(1, body);
      insertText.executeUpdate();
      left -= body.length();
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  void run(Work work) throws SQLException {
    int amount = random.nextInt(1_000);
    switch (work) {
      case UPDATE -> change(anAccount(), amount);
      case TRANSFER -> transfer(anAccount(), anAccount(), amount);
    }
  }

  private int anAccount() {
    return 1 + random.nextInt(accounts);
  }

  private void change(int account, int amount) throws SQLException {
    update.setInt(1, amount);
    update.setInt(2, account);
    update.executeUpdate();
  }

  private void transfer(int source, int target, int amount) throws SQLException {
    connection.setAutoCommit(false);
    change(source, -amount);
    change(target, amount);
    note.setInt(1, source);
    note.setInt(2, target);
    note.setInt(3, amount);
    note.setLong(4, System.currentTimeMillis());
    note.executeUpdate();
    connection.commit();
    connection.setAutoCommit(true);
  }

  /// True if it was refused because of a lock.
  boolean checkpointTruncate() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      row.next();
      return row.getInt(1) != 0;
    }
  }

  private String words(int length) {
    StringBuilder text = new StringBuilder(length + 8);
    while (text.length() < length) {
      for (int syllables = 1 + random.nextInt(4); syllables > 0; syllables--) {
        text.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
      }
      text.append(random.nextInt(12) == 0 ? " " + random.nextInt(100_000) + " " : " ");
    }
    return text.substring(0, length);
  }
}
