package dev.tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/// Runs the usual commands once while the launcher prepares a build, so that the JVM can write down
/// which classes they load; later starts take them from that cache. What they answer does not
/// matter.
final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("tidemark-rehearsal-");
    try {
      Main.run("--version");
      Main.run("--help");
      Main.run("statsu");
      Main.run("status", "--json", folder.resolve("absent.db").toString());
      Main.run("sync", "--json", folder.resolve("absent.db").toString());
      Main.run("status", "--json", "file://" + folder);
      // Nothing listens at this port; the client's classes are loaded all the same.
      Main.run("status", "--json", "s3://absent/log?endpoint=http://127.0.0.1:1&region=us-east-1");
    } finally {
      Files.delete(folder);
    }
  }
}
