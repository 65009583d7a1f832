package dev.tidemark.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `help COMMAND`: the same as `COMMAND --help`.
@Command(
    name = "help",
    description = {"Show how a command is used, as --help behind it does.", ""})
final class HelpCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command; none: the list of all.")
  List<String> names = List.of();

  @Override
  public Integer call() {
    CommandLine command = spec.root().commandLine();
    for (String name : names) {
      CommandLine inner = command.getSubcommands().get(name);
      if (inner == null) {
        throw new UnmatchedArgumentException(command, List.of(name));
      }
      command = inner;
    }
    command.usage(spec.root().commandLine().getOut());
    return ExitCode.DONE.status();
  }
}
