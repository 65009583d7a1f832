package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ConfigFile;
import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.cli.daemon.MaintenanceConfig;
import dev.tidemark.store.Counted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `config check`: what `replicate --config` would say of a file, and nothing is begun.
@Command(
    name = "check",
    description = {
      "Say what 'replicate --config' would say of a file, without beginning anything. No database"
          + " and no store is asked.",
      ""
    })
final class ConfigCheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The configuration file.")
  Path file;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws Exception {
    new Usage(spec).refuse(!Files.isRegularFile(file), file + ": no such config file");
    DaemonConfig config = ConfigFile.read(file, name -> Optional.ofNullable(System.getenv(name)));
    for (DaemonConfig.Source source : config.databases()) {
      StoreLocation.parse(source.url());
    }
    List<String> warnings = warnings(config);
    try (Output output = new Output()) {
      int databases = config.databases().size();
      output.line(
          json.enabled()
              ? new Json()
                  .text("file", file)
                  .number("databases", databases)
                  .texts("warnings", warnings)
              : "%s: ok, %s".formatted(file, Counted.of(databases, "database")));
      output.release();
    }
    return ExitCode.DONE.status();
  }

  private List<String> warnings(DaemonConfig config) {
    List<String> warnings =
        config.databases().stream()
            .flatMap(source ->
                source.maintenance().flatMap(MaintenanceConfig::warning).stream()
                    .map(warning -> source.database() + ": " + warning))
            .toList();
    warnings.forEach(it -> System.err.println("tidemark: warning: " + file + ": " + it));
    return warnings;
  }
}
