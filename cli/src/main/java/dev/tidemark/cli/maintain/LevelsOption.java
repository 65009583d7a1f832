package dev.tidemark.cli.maintain;

import dev.tidemark.retention.Levels;
import picocli.CommandLine.Option;

/// `--levels`.
final class LevelsOption {
  @Option(
      names = "--levels",
      paramLabel = "WINDOWS",
      defaultValue = "30s,5m,1h",
      description =
          "Merge what was committed in each of these windows of time, the shortest first; each a"
              + " multiple of the one before (default: ${DEFAULT-VALUE}).")
  Levels levels = Levels.DEFAULT;
}
