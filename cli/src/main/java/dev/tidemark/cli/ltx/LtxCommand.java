package dev.tidemark.cli.ltx;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ltx` and the list of its commands.
@Command(
    name = "ltx",
    description = {
      "Look at, check and make LTX files: single ones, several back to back, or Tidemark's"
          + " objects.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LtxApplyCommand.class,
      LtxChecksumCommand.class,
      LtxDumpCommand.class,
      LtxEncodeCommand.class,
      LtxMergeCommand.class,
      LtxVerifyCommand.class
    })
public final class LtxCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
