package dev.tidemark.cli;

import dev.tidemark.cli.demo.DemoCommand;
import dev.tidemark.cli.ltx.LtxCommand;
import dev.tidemark.cli.maintain.CompactCommand;
import dev.tidemark.cli.maintain.MaintainCommand;
import dev.tidemark.cli.maintain.PinCommand;
import dev.tidemark.cli.maintain.RetainCommand;
import dev.tidemark.cli.maintain.SnapshotCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command `tidemark` and the list of all others.
@Command(
    name = "tidemark",
    description = {
      "Ships every commit of a SQLite database to object storage, and brings any of them back.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "  tidemark replicate app.db s3://bucket/app     ship every commit, as long as it runs",
      "  tidemark sync app.db                          wait until everything so far is stored",
      "  tidemark restore s3://bucket/app copy.db      bring the latest state back",
      "",
      "Exit codes: 0 done, 1 unexpected failure, 2 usage or config, 3 corrupt or unverifiable"
          + " data,",
      "4 not found, 5 timed out, 6 fenced or diverged, 7 storage unreachable or refused, 8 target"
          + " exists."
    },
    versionProvider = Version.class,
    subcommands = {
      CompactCommand.class,
      CompletionCommand.class,
      ConfigCommand.class,
      DemoCommand.class,
      DoctorCommand.class,
      HelpCommand.class,
      LogCommand.class,
      LtxCommand.class,
      MaintainCommand.class,
      PinCommand.class,
      ReplicateCommand.class,
      RestoreCommand.class,
      RetainCommand.class,
      SnapshotCommand.class,
      StatusCommand.class,
      SyncCommand.class,
      VerifyCommand.class
    })
final class Tidemark implements Runnable {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and exit.")
  boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Log what happens, and show the stack trace of a failure.")
  boolean debug;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
