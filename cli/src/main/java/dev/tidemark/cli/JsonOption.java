package dev.tidemark.cli;

import picocli.CommandLine.Option;

/// `--json`, for the commands that answer something.
public final class JsonOption {
  @Option(names = "--json", description = "Print JSON and nothing else on stdout.")
  private boolean json;

  public boolean enabled() {
    return json;
  }
}
