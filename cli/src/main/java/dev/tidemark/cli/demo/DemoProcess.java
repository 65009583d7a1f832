package dev.tidemark.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of the demo: this very program, or its writer, in a JVM of its own. Its chatter goes
/// to a log file.
final class DemoProcess implements AutoCloseable {
  private static final List<String> NATIVE_LIBRARIES =
      List.of("ZstdNativePath", "org.sqlite.lib.path", "org.sqlite.lib.name");

  private final Process process;

  private DemoProcess(Process process) {
    this.process = process;
  }

  static DemoProcess start(Path log, String mainClass, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(nativeLibraries());
    command.add(mainClass);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new DemoProcess(builder.start());
  }

  /// Where the launcher keeps them: a process that unpacks them leaves them behind when killed.
  private static List<String> nativeLibraries() {
    return NATIVE_LIBRARIES.stream()
        .filter(name -> System.getProperty(name) != null)
        .map(name -> "-D" + name + "=" + System.getProperty(name))
        .toList();
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
