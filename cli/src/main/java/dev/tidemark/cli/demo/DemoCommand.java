package dev.tidemark.cli.demo;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `demo`: the whole story in a minute, in a temporary folder.
@Command(
    name = "demo",
    description = {
      "Ship a live database to a local directory, crash, restore three points, and prove them.",
      ""
    })
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--database",
      paramLabel = "FILE",
      description = "Tell the story on a copy of this database.")
  @Nullable Path database;

  @Override
  public Integer call() throws Exception {
    Optional<Path> original = Optional.ofNullable(database);
    if (original.isPresent() && !Files.isRegularFile(original.get())) {
      throw new CommandException(ExitCode.NOT_FOUND, original.get() + ": no such database");
    }
    Path folder = Files.createTempDirectory("tidemark-demo-");
    try {
      boolean proven = new Demo(folder, System.out).run(original);
      return (proven ? ExitCode.DONE : ExitCode.CORRUPT).status();
    } catch (SQLException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s cannot be used for the demo: %s"
              .formatted(original.map(Path::toString).orElse("SQLite"), e.getMessage()),
          e);
    }
  }
}
