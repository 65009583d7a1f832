package dev.tidemark.shipper;

import dev.tidemark.fuzz.FuzzContract;
import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.sqlite.SqliteTargets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class ShipperFuzzTest extends FuzzContract {
  @TempDir Path folder;

  ShipperFuzzTest() {
    super(1_000);
  }

  @Override
  protected List<FuzzTarget> targets() throws Exception {
    return ShipperTargets.all(
        SqliteTargets.RealFiles.write(Files.createTempDirectory(folder, "real")));
  }
}
