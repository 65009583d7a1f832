package dev.tidemark.sqlite;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.UnsuitableDatabaseException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// The first 100 bytes of a database file, as far as shipping needs them.
///
/// In WAL mode neither the change counter nor the page count follows the commits; they are what
/// they were when page 1 was last written back. Never use them to detect changes.
///
/// @param pageSize in bytes; the file stores 65536 as 1
/// @param writeVersion 1 for rollback journal, 2 for WAL
/// @param readVersion as `writeVersion`
/// @param reservedBytes at the end of each page; they belong to the page image
public record DatabaseHeader(
    int pageSize,
    int writeVersion,
    int readVersion,
    int reservedBytes,
    long changeCounter,
    long pageCount,
    long schemaCookie,
    long applicationId,
    long sqliteVersion) {

  public static final int BYTES = 100;
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  public enum Kind {
    /// No bytes at all: a database that has not been written to yet.
    EMPTY,
    /// Another kind of file, or an encrypted database: the two cannot be told apart.
    NOT_A_DATABASE,
    ROLLBACK_JOURNAL,
    WAL
  }

  /// What a file that begins with these bytes is. `length` is what could be read, at most 100.
  public static Kind kindOf(byte[] bytes, int length) {
    if (length == 0) {
      return Kind.EMPTY;
    }
    boolean magic =
        length >= BYTES && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    if (!magic || !PageSize.isValid(pageSize(bytes))) {
      return Kind.NOT_A_DATABASE;
    }
    int write = Bytes.u8(bytes, 18);
    int read = Bytes.u8(bytes, 19);
    if (write == 2 && read == 2) {
      return Kind.WAL;
    }
    return write == 1 && read == 1 ? Kind.ROLLBACK_JOURNAL : Kind.NOT_A_DATABASE;
  }

  /// Decodes the header of a database in WAL mode, or says what is there instead and what to do.
  public static DatabaseHeader decodeWal(byte[] bytes, int length, Path file)
      throws UnsuitableDatabaseException {
    return switch (kindOf(bytes, length)) {
      case WAL -> decode(bytes);
      case EMPTY ->
          throw new UnsuitableDatabaseException(
              Reason.EMPTY,
              "%s is empty; create its tables with journal_mode=WAL first".formatted(file));
      case ROLLBACK_JOURNAL ->
          throw new UnsuitableDatabaseException(
              Reason.ROLLBACK_JOURNAL,
              "%1$s is in rollback-journal mode; run: sqlite3 %1$s 'PRAGMA journal_mode=WAL'"
                  .formatted(file));
      case NOT_A_DATABASE ->
          throw new UnsuitableDatabaseException(
              Reason.NOT_A_DATABASE,
              "%s is not a SQLite database, or it is encrypted; give the path of a database file"
                  .formatted(file));
    };
  }

  private static DatabaseHeader decode(byte[] bytes) {
    return new DatabaseHeader(
        pageSize(bytes),
        Bytes.u8(bytes, 18),
        Bytes.u8(bytes, 19),
        Bytes.u8(bytes, 20),
        Bytes.u32(bytes, 24),
        Bytes.u32(bytes, 28),
        Bytes.u32(bytes, 40),
        Bytes.u32(bytes, 68),
        Bytes.u32(bytes, 96));
  }

  private static int pageSize(byte[] bytes) {
    int stored = Bytes.u16(bytes, 16);
    return stored == 1 ? 65_536 : stored;
  }
}
