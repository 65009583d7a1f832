package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The checker of the simulation can fail: it catches each of the planted faults, and for the right
/// reason. What it said is in `target/planted-bugs.txt`.
class PlantedBugsTest {
  private static final Path SAID = Path.of("target", "planted-bugs.txt");
  private static final long MINUTES_MAX = 10;

  @Test
  @Timeout(value = MINUTES_MAX + 1, unit = TimeUnit.MINUTES)
  void eachIsCaught() throws IOException, InterruptedException {
    Process run = run();
    try {
      assertThat(run.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).as("ends").isTrue();
    } finally {
      run.destroyForcibly();
    }

    List<String> lines = Files.readAllLines(SAID);
    assertThat(lines).as("what was not caught").allMatch(line -> line.startsWith("caught\t"));
    assertThat(lines.stream().map(line -> line.split("\t", -1)[1]))
        .containsExactlyInAnyOrderElementsOf(
            PlantedBugs.all().stream().map(PlantedBug::name).toList());
  }

  private static Process run() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-Djdk.trackAllThreads=false",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            PlantedSources.classPath(),
            PlantedRun.class.getName())
        .redirectOutput(SAID.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
