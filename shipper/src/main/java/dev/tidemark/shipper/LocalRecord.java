package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// What this machine durably knows of a database's log: whose it is, how far it is stored, and the
/// runs that wrote it. Kept as `record.properties` in the state directory.
record LocalRecord(
    Id128 databaseId, String url, Position stored, long storedMillis, List<Id128> runs) {
  static final String FILE = "record.properties";
  private static final int FORMAT = 1;
  private static final int RUNS_MAX = 1_000;

  LocalRecord {
    runs = List.copyOf(runs);
  }

  LocalRecord withStored(Position position, long millis) {
    return new LocalRecord(databaseId, url, position, millis, runs);
  }

  LocalRecord withUrl(String other) {
    return new LocalRecord(databaseId, other, stored, storedMillis, runs);
  }

  /// The record of a further run; the oldest of very many are forgotten.
  LocalRecord withRun(Id128 run) {
    List<Id128> all =
        new ArrayList<>(runs.subList(Math.max(0, runs.size() - RUNS_MAX), runs.size()));
    all.add(run);
    return new LocalRecord(databaseId, url, stored, storedMillis, all);
  }

  /// What is in the file cannot be understood.
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }

    UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static Optional<LocalRecord> read(StateFiles files) throws IOException, UnreadableException {
    Optional<byte[]> bytes = files.read(FILE);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Properties in = new Properties();
    try {
      in.load(new StringReader(new String(bytes.get(), StandardCharsets.UTF_8)));
      if (Integer.parseInt(field(in, "format")) > FORMAT) {
        throw new UnreadableException("written by a newer version of Tidemark; use that version");
      }
      return Optional.of(
          new LocalRecord(
              Id128.parse(field(in, "database_id")),
              field(in, "url"),
              Position.parse(field(in, "stored")),
              Long.parseLong(field(in, "stored_millis")),
              Arrays.stream(field(in, "runs").split(",")).map(Id128::parse).toList()));
    } catch (IllegalArgumentException e) {
      throw new UnreadableException(
          "damaged (%s); move the state folder away to start without it".formatted(e.getMessage()),
          e);
    }
  }

  private static String field(Properties in, String name) {
    String value = in.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  void write(StateFiles files) throws IOException {
    String text =
        """
        format=%d
        database_id=%s
        url=%s
        stored=%s
        stored_millis=%d
        runs=%s
        """
            .formatted(
                FORMAT,
                databaseId,
                url.replace("\\", "\\\\"),
                stored,
                storedMillis,
                String.join(",", runs.stream().map(Id128::toString).toList()));
    files.replace(FILE, text.getBytes(StandardCharsets.UTF_8));
  }
}
