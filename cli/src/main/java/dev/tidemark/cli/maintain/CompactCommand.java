package dev.tidemark.cli.maintain;

import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `compact`: the first step of `maintain` alone.
@Command(
    name = "compact",
    description = {"Merge the segments of each window of time that is over. Deletes nothing.", ""})
public final class CompactCommand implements Callable<Integer> {
  @Mixin RunOptions run;
  @Mixin LevelsOption levels;

  @Override
  public Integer call() throws Exception {
    return run.run(
        new MaintainOptions(
            Optional.of(levels.levels),
            Optional.empty(),
            Optional.empty(),
            RetentionSettings.DEFAULT,
            run.dryRun));
  }
}
