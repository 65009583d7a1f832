package dev.tidemark.cli.maintain;

import dev.tidemark.retention.MaintainOptions;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `retain`: the last step of `maintain` alone.
@Command(
    name = "retain",
    description = {
      "Delete what the policy does not keep, as far as merged files and snapshots take its place.",
      ""
    })
public final class RetainCommand implements Callable<Integer> {
  @Mixin RunOptions run;
  @Mixin RetainOptions retain;

  @Override
  public Integer call() throws Exception {
    return run.run(
        new MaintainOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.of(retain.policy()),
            retain.settings(),
            run.dryRun));
  }
}
