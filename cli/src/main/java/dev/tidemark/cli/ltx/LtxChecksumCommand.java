package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Json;
import dev.tidemark.cli.JsonOption;
import dev.tidemark.cli.Output;
import dev.tidemark.ltx.Checksum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `ltx checksum`: the rolling checksum of database files.
@Command(
    name = "checksum",
    description = {"Print the rolling checksum of database files, without their WAL.", ""})
final class LtxChecksumCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "DB", description = "Database files.")
  List<Path> databases;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws IOException, CommandException {
    try (Output output = new Output()) {
      for (Path database : databases) {
        DatabaseFile.noteWal(database);
        try (DatabaseFile file = DatabaseFile.open(database)) {
          output.line(line(database, file));
        }
      }
      output.release();
    }
    return ExitCode.DONE.status();
  }

  private Object line(Path database, DatabaseFile file) throws IOException, CommandException {
    Checksum checksum = file.checksum();
    if (json.enabled()) {
      return new Json()
          .text("database", database)
          .text("checksum", checksum)
          .number("pages", file.pages())
          .number("page_size", file.pageSize().bytes());
    }
    return databases.size() == 1 ? checksum : checksum + "  " + database;
  }
}
