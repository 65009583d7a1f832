package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ltx apply`: brings a database file forward. Works on a copy; the database changes as a whole or
/// not at all.
@Command(
    name = "apply",
    description = {
      "Apply LTX files, oldest first, to a database file that nobody has open.",
      "A snapshot also makes a new database. Everything is verified before the database is"
          + " touched.",
      ""
    })
final class LtxApplyCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "LTX files or objects, oldest first.")
  List<Path> files;

  @Option(
      names = {"--db", "-db"},
      required = true,
      paramLabel = "DB",
      description = "The database file to bring forward.")
  Path database;

  @Override
  public Integer call() throws IOException, CommandException {
    for (String suffix : List.of("-wal", "-journal")) {
      Path sibling = DatabaseFile.sibling(database, suffix);
      if (Files.exists(sibling) && Files.size(sibling) > 0) {
        throw new CommandException(
            ExitCode.EXISTS,
            sibling + ": holds changes to the database; open and close it with SQLite first");
      }
    }
    try (TargetFile target = TargetFile.create(database, true)) {
      PageFile pages = new PageFile(target.channel(), database);
      if (Files.exists(database)) {
        copy(target.channel());
        pages.adopt(target.partial());
      }
      for (Path file : files) {
        LtxInput.visit(file, new LtxApplication(file, pages));
      }
      target.commit();
    }
    return ExitCode.DONE.status();
  }

  private void copy(FileChannel copy) throws IOException {
    try (FileChannel source = FileChannel.open(database, StandardOpenOption.READ)) {
      long size = source.size();
      for (long at = 0; at < size; ) {
        at += source.transferTo(at, size - at, copy.position(at));
      }
    }
  }
}
