package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// A folder for one measurement: database, bucket, what the daemon says. Emptied before and removed
/// afterwards.
record Place(Path root, Path folder) implements AutoCloseable {
  static Place fresh(Path root, String name) throws IOException {
    Place place = new Place(root, root.resolve("bench/target/work").resolve(name));
    place.close();
    Files.createDirectories(place.folder);
    return place;
  }

  Path launcher() {
    return root.resolve("tidemark");
  }

  Path database() {
    return folder.resolve("app.db");
  }

  Path wal() {
    return folder.resolve("app.db-wal");
  }

  Path stateFolder() {
    return folder.resolve(".app.db-tidemark");
  }

  Path bucket() {
    return folder.resolve("bucket");
  }

  Path log() {
    return bucket().resolve("log");
  }

  String url() {
    return bucket().toUri().toString();
  }

  Path daemonLog() {
    return folder.resolve("daemon.log");
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
