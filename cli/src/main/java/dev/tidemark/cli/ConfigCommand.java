package dev.tidemark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `config` and the list of its commands.
@Command(
    name = "config",
    description = {"Look at the configuration file of 'replicate --config'.", ""},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCheckCommand.class})
final class ConfigCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
