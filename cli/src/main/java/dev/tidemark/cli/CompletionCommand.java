package dev.tidemark.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `completion`: the script that a shell loads to complete Tidemark's command line.
@Command(
    name = "completion",
    description = {"Print a completion script for a shell.", ""},
    footer = {
      "",
      "  bash:  source <(tidemark completion bash)",
      "  zsh:   source <(tidemark completion zsh)      after autoload -U compinit; compinit",
      "  fish:  tidemark completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "bash|zsh|fish",
      completionCandidates = Candidates.Shells.class,
      description = "The shell.")
  Shell shell;

  @Override
  public Integer call() throws Exception {
    CommandLine root = spec.root().commandLine();
    try (Output output = new Output()) {
      output.line(
          switch (shell) {
            // The same script serves both: it loads zsh's emulation of bash completion by itself.
            case BASH, ZSH -> AutoComplete.bash("tidemark", root).stripTrailing();
            case FISH -> FishCompletion.script(root).stripTrailing();
          });
      output.release();
    }
    return ExitCode.DONE.status();
  }
}
