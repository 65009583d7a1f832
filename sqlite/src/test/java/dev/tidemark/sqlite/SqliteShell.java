package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The `sqlite3` program where it is installed: a SQLite of another version than the driver's.
public final class SqliteShell {
  private SqliteShell() {}

  public static boolean isPresent() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "sqlite3")));
  }

  /// What it prints, without the last line break. Anything on stderr is part of it.
  public static String run(Path database, String sql) throws IOException {
    Process process =
        new ProcessBuilder("sqlite3", "-batch", "-cmd", ".timeout 5000", database.toString(), sql)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try (var output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
