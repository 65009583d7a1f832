package dev.tidemark.sqlite;

import dev.tidemark.fuzz.FuzzContract;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class SqliteFuzzTest extends FuzzContract {
  @TempDir Path folder;

  SqliteFuzzTest() {
    super(20_000);
  }

  @Override
  protected List<FuzzTarget> targets() throws IOException {
    return SqliteTargets.all(
        SqliteTargets.RealFiles.write(Files.createTempDirectory(folder, "real")));
  }
}
