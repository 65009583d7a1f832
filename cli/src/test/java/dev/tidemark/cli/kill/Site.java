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
record Site(Path root, Path folder) {
  private static final long SECONDS_MAX = 60;

  /// A database that is shipped.
  ///
  /// @param file the real one
  /// @param name how the daemon knows it; a symbolic link, perhaps
  record Shipped(Path file, Path name, Path bucket, Journal journal) {
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

  static Site fresh(Path root, long seed) throws IOException {
    Site site = new Site(root, root.resolve("cli/target/kill").resolve(Long.toString(seed)));
    site.delete();
    Files.createDirectories(site.folder);
    return site;
  }

  Shipped first(boolean linked) throws IOException {
    Path file = folder.resolve("app.db");
    Path name = file;
    if (linked) {
      Files.createDirectory(folder.resolve("elsewhere"));
      name = folder.resolve("elsewhere/link.db");
      Files.createSymbolicLink(name, Path.of("../app.db"));
    }
    return new Shipped(file, name, folder.resolve("bucket"), journal("journal"));
  }

  Shipped second() {
    Path file = folder.resolve("second.db");
    return new Shipped(file, file, folder.resolve("second-bucket"), journal("second-journal"));
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
    Process process =
        new ProcessBuilder(command(List.of(arguments)))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new Violation("tidemark " + String.join(" ", arguments) + " does not end");
    }
    return new Result(
        process.exitValue(), Files.readString(out).strip(), Files.readString(err).strip());
  }

  void delete() throws IOException {
    if (Files.exists(folder)) {
      delete(folder);
    }
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
