package dev.tidemark.cli.demo;

import dev.tidemark.cli.OwnJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A process of the demo: this very program, or its writer, in a JVM of its own. Its chatter goes
/// to a log file.
final class DemoProcess implements AutoCloseable {
  private final Process process;

  private DemoProcess(Process process) {
    this.process = process;
  }

  static DemoProcess start(Path log, Class<?> mainClass, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(OwnJvm.command(mainClass, List.of(arguments)));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new DemoProcess(builder.start());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// kill -9; afterwards it is gone.
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
