package dev.tidemark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a main class of the class path of the tests in a JVM of its own, in a folder of its own.
public final class TidemarkProcess {
  private static final long SECONDS_MAX = 60;

  /// How it ended and what it printed.
  public record Result(int status, String out, String err) {}

  private final Path folder;
  private final Map<String, String> environment;
  private final List<String> memory;

  public TidemarkProcess(Path folder) {
    this(folder, Map.of());
  }

  public TidemarkProcess(Path folder, Map<String, String> environment) {
    this(folder, environment, List.of("-Xmx128m"));
  }

  private TidemarkProcess(Path folder, Map<String, String> environment, List<String> memory) {
    this.folder = folder;
    this.environment = environment;
    this.memory = memory;
  }

  /// With the heap that the launcher gives a daemon.
  static TidemarkProcess small(Path folder) {
    return new TidemarkProcess(folder, Map.of(), List.of("-Xmx40m", "-Xmn8m"));
  }

  /// Runs a command line to its end.
  public Result run(String... arguments) {
    return finish(start("dev.tidemark.cli.Main", arguments));
  }

  public Process start(String mainClass, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    line.addAll(memory);
    line.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    line.add(System.getProperty("java.class.path"));
    line.add(mainClass);
    line.addAll(List.of(arguments));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectOutput(folder.resolve("stdout").toFile())
              .redirectError(folder.resolve("stderr").toFile());
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Result finish(Process process) {
    try {
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("did not end: " + Files.readString(folder.resolve("stderr")));
      }
      return new Result(
          process.exitValue(),
          Files.readString(folder.resolve("stdout"), StandardCharsets.UTF_8),
          Files.readString(folder.resolve("stderr"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
