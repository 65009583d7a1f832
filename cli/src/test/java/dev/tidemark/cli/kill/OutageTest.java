package dev.tidemark.cli.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.s3.FaultProxy;
import dev.tidemark.store.s3.S3TestServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A short outage; `ci/kill outage` has a long one.
@Timeout(180)
class OutageTest {
  @TempDir Path folder;

  @Test
  void losesNothingAndIsToldTruly() throws Exception {
    List<String> launcher =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.tidemark.cli.Main");
    try (S3TestServer server = S3TestServer.start();
        S3Depot depot =
            new S3Depot(server, FaultProxy.Weather.CALM, "outage", folder.resolve("copies"), 1)) {
      Outage.Report report = new Outage(folder, launcher, depot, 2_000).run(1);
      assertThat(report.violations()).isEmpty();
      assertThat(report.commits()).isGreaterThan(10);
    }
  }
}
