package dev.tidemark.cli.kill;

import java.io.IOException;

/// Stops and continues a process that this one has started.
final class Signals {
  private Signals() {}

  static void pause(long pid, int millis) throws IOException, InterruptedException {
    send("STOP", pid);
    try {
      Thread.sleep(millis);
    } finally {
      send("CONT", pid);
    }
  }

  static void send(String signal, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
  }
}
