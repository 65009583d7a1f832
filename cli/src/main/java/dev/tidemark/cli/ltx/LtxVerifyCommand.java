package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ErrorLine;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Json;
import dev.tidemark.cli.JsonOption;
import dev.tidemark.cli.Output;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `ltx verify`: reads files to their end and checks everything in them.
@Command(
    name = "verify",
    description = {"Check every checksum and rule of LTX files.", ""})
final class LtxVerifyCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "LTX files or objects.")
  List<Path> files;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws IOException, CommandException {
    List<String> bad = new ArrayList<>();
    try (Output output = new Output()) {
      for (Path file : files) {
        verify(file, output, bad);
      }
      // What a script asked for is the verdict on each file, so it gets them also when some are
      // bad.
      if (bad.isEmpty() || json.enabled()) {
        output.release();
      }
    }
    if (!bad.isEmpty()) {
      throw new CommandException(
          ExitCode.CORRUPT,
          bad.size() + " of " + files.size() + " files are bad: " + String.join("; ", bad));
    }
    return ExitCode.DONE.status();
  }

  private void verify(Path file, Output output, List<String> bad) throws IOException {
    Json verdict = new Json().text("file", file);
    try {
      LtxInput.visit(file, new Nothing());
      output.line(json.enabled() ? verdict.truth("ok", true) : file + ": ok");
    } catch (CommandException e) {
      String message = ErrorLine.of(e);
      bad.add(message);
      output.line(verdict.truth("ok", false).text("problem", message));
    }
  }

  /// Reading is the check.
  private record Nothing() implements LtxInput.Visitor {
    @Override
    public void pages(LtxReader reader) {}

    @Override
    public void proven(LtxReader reader, Checksum after) {}
  }
}
