package dev.tidemark.cli.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The folder of a round, and the launcher.
record Site(Path root, Path folder, Depot depot) {
  private static final long SECONDS_MAX = 60;

  /// A database that is shipped.
  ///
  /// @param file the real one
  /// @param name how the daemon knows it; a symbolic link, perhaps
  /// @param log its name in the depot
  record Shipped(Path file, Path name, String url, String log, Journal journal) {
    Path state() {
      return file.resolveSibling("." + file.getFileName() + "-tidemark");
    }

    /// Removes the database, with what belongs to it.
    void delete() throws IOException {
      for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(beside(suffix));
      }
    }

    Path beside(String suffix) {
      return file.resolveSibling(file.getFileName() + suffix);
    }
  }

  /// How a command ended, and what it printed.
  record Result(int status, String out, String err) {}

  /// An empty folder below `cli/target/kill`.
  static Path fresh(Path root, String name) throws IOException {
    Path folder = root.resolve("cli/target/kill").resolve(name);
    if (Files.exists(folder)) {
      delete(folder);
    }
    return Files.createDirectories(folder);
  }

  Shipped first(boolean linked) throws IOException {
    Path file = folder.resolve("app.db");
    Path name = file;
    if (linked) {
      Files.createDirectory(folder.resolve("elsewhere"));
      name = folder.resolve("elsewhere/link.db");
      Files.createSymbolicLink(name, Path.of("../app.db"));
    }
    return new Shipped(file, name, depot.url("bucket"), "bucket", journal("journal"));
  }

  Shipped second() {
    Path file = folder.resolve("second.db");
    String log = "second-bucket";
    return new Shipped(file, file, depot.url(log), log, journal("second-journal"));
  }

  private Journal journal(String name) {
    return new Journal(folder.resolve(name));
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("tidemark").toString());
    command.addAll(arguments);
    return command;
  }

  /// Runs a command to its end.
  Result run(String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("command.out");
    Path err = folder.resolve("command.err");
    ProcessBuilder builder =
        new ProcessBuilder(command(List.of(arguments)))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(depot.environment());
    Process process = builder.start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new Violation("tidemark " + String.join(" ", arguments) + " does not end");
    }
    return new Result(
        process.exitValue(), Files.readString(out).strip(), Files.readString(err).strip());
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
