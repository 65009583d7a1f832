package dev.tidemark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

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
      Main.run("restore", "file://" + folder, folder.resolve("out.db").toString());
      Main.run("verify", "--json", "file://" + folder);
      Main.run("doctor", "--json", "file://" + folder);
      // Nothing listens at this port; the client's classes are loaded all the same.
      Main.run("status", "--json", "s3://nothing/log?endpoint=http://127.0.0.1:1&region=us-east-1");
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
