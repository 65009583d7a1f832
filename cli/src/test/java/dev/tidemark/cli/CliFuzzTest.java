package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.fuzz.FuzzContract;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliFuzzTest extends FuzzContract {
  private static final String SEED = "20261121";
  private static final String ROUNDS = "60";

  @TempDir Path folder;

  CliFuzzTest() {
    super(2_000);
  }

  @Override
  protected List<FuzzTarget> targets() throws IOException {
    return CliTargets.own(Files.createTempDirectory(folder, "targets"));
  }

  @Test
  void theCommandsEndAsDocumentedOnEveryMutationOfABucket() throws IOException {
    TidemarkProcess tidemark = new TidemarkProcess(folder);
    TidemarkProcess.Result result =
        tidemark.finish(
            tidemark.start(
                FuzzedBucket.class.getName(),
                CliTargets.golden(Path.of("..")).toString(),
                Files.createDirectory(folder.resolve("commands")).toString(),
                SEED,
                ROUNDS));
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }
}
