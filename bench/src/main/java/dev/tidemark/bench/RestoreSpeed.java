package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A proven restore of a large database against `cp` and `sync` of the same file, each from a warm
/// cache to the disk, as whole processes.
record RestoreSpeed(Path root, int rounds, long bytes) {
  List<Row> measure() throws IOException, InterruptedException {
    try (Place place = Place.fresh(root, "restore")) {
      try (Application application = Application.start()) {
        application.on(place.database()).text(bytes);
      }
      run(
          place.launcher().toString(),
          "replicate",
          place.database().toString(),
          place.url(),
          "--once");
      Path copy = place.folder().resolve("copy.db");
      Path restored = place.folder().resolve("restored.db");
      double[] copies = new double[rounds];
      double[] restores = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        copies[i] =
            seconds("sh", "-c", "cp '%s' '%s' && sync '%2$s'".formatted(place.database(), copy));
        Files.delete(copy);
        restores[i] =
            seconds(place.launcher().toString(), "restore", place.url(), restored.toString());
        if (i == 0 && Files.mismatch(place.database(), restored) >= 0) {
          throw new IOException("the restored database is another one");
        }
        Files.delete(restored);
      }
      double copy50 = Samples.median(copies);
      double restore50 = Samples.median(restores);
      double mib = Files.size(place.database()) / 1048576.0;
      return List.of(
          Row.atLeast(
              "restore ÷ plain copy, speed, %d MiB".formatted((long) mib),
              "%s MiB/s ÷ %s MiB/s"
                  .formatted(Row.number(mib / restore50), Row.number(mib / copy50)),
              copy50 / restore50,
              0.5),
          Row.info(
              "snapshot ÷ database bytes",
              "",
              (double) UploadedBytes.bytes(place.log()) / (mib * 1048576)));
    }
  }

  static double seconds(String... command) throws IOException, InterruptedException {
    run("sync");
    long before = System.nanoTime();
    run(command);
    return (System.nanoTime() - before) / 1e9;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + String.join(" ", command));
    }
  }
}
