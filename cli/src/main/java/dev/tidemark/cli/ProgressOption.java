package dev.tidemark.cli;

import picocli.CommandLine.Option;

/// `--progress`, for the commands that take long.
public final class ProgressOption {
  @Option(
      names = "--progress",
      paramLabel = "auto|always|never",
      completionCandidates = Candidates.ProgressModes.class,
      defaultValue = "auto",
      description = "Show progress on stderr (auto: if it is a terminal).")
  Progress.Mode mode;

  public Progress start() {
    // The launcher looks, since the JDK cannot tell whether stderr is a terminal.
    return new Progress(System.err, mode, Boolean.getBoolean("tidemark.terminal"));
  }
}
