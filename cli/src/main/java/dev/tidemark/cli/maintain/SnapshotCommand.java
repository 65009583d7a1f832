package dev.tidemark.cli.maintain;

import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snapshot`: one of the head, now.
@Command(
    name = "snapshot",
    description = {
      "Make a snapshot of the head of a log, from what is stored; the database is not read."
          + " Nothing is done if there is one.",
      ""
    })
public final class SnapshotCommand implements Callable<Integer> {
  @Mixin RunOptions run;

  @Override
  public Integer call() throws Exception {
    return run.run(
        new MaintainOptions(
            Optional.empty(),
            Optional.of(Duration.ZERO),
            Optional.empty(),
            RetentionSettings.DEFAULT,
            run.dryRun));
  }
}
