package dev.tidemark.cli.kill;

import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// The application's own record of a database: one line for each state, in the order of the states.
record Journal(Path file) {
  /// Writes down the present state, unless it is the last one. Only while nobody takes turns.
  void append(SqliteProcess application) throws IOException {
    SqliteProcess.Image image = application.image();
    if (Files.exists(file) && commits().getLast().sha256().equals(image.sha256())) {
      return;
    }
    Files.writeString(
        file,
        "0 0 0 %s %d\n".formatted(image.sha256(), image.bytes()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /// Notes a state that a killed writer left in the log's file: committed for whoever recovers it,
  /// and maybe not yet for who read along. The log may have it or not.
  void appendLeft(SqliteProcess application) throws IOException {
    Files.writeString(
        left(),
        application.image().sha256() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private Path left() {
    return file.resolveSibling(file.getFileName() + ".left");
  }

  Set<String> leftStates() throws IOException {
    return Files.exists(left()) ? Set.copyOf(Files.readAllLines(left())) : Set.of();
  }

  /// How much is written down so far, for [#statesWithin].
  long bytes() throws IOException {
    return Files.size(file);
  }

  int statesWithin(long bytes) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int states = 0;
    for (int i = 0; i < bytes; i++) {
      states += all[i] == '\n' ? 1 : 0;
    }
    return states;
  }

  List<SqliteProcess.Commit> commits() throws IOException {
    return SqliteProcess.commits(file);
  }
}
