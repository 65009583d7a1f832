package dev.tidemark.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line of another JVM that runs this very program: with the options that this one was
/// given (native libraries, trust stores, the launcher's cache of classes), and with the memory of
/// a command.
public final class OwnJvm {
  private static final long HEAP_MIN = 256L << 20;

  /// What only one process can have, or what watches only the one that was asked for.
  private static final List<String> NOT_SHARED =
      List.of("-agent", "-javaagent", "-Dcom.sun.management", "-XX:StartFlightRecording");

  private OwnJvm() {}

  public static List<String> command(Class<?> mainClass, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (NOT_SHARED.stream().noneMatch(option::startsWith)) {
        line.add(option);
      }
    }
    line.add("-Xmx" + Math.max(HEAP_MIN, Runtime.getRuntime().maxMemory()));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
    line.addAll(arguments);
    return line;
  }
}
