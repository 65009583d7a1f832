package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A daemon in a process of its own, which can be killed.
final class DaemonProcess implements AutoCloseable {
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();

  private DaemonProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  static DaemonProcess start(Path folder, String name, String locks, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            DaemonChild.class.getName(),
            folder.toString(),
            name,
            locks));
    return new DaemonProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  private void read() {
    try (BufferedReader in = process.inputReader()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException _) {
      // The process is gone, and with it what it had not said.
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// What it has said so far.
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /// The positions that it reported as stored.
  List<Position> stored() {
    return lines().stream().map(line -> Position.parse(line.substring(0, 33))).toList();
  }

  /// kill -9, and what it had said until then.
  List<Position> kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    reader.join();
    return stored();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
