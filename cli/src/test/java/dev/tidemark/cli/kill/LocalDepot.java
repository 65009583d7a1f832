package dev.tidemark.cli.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A folder for each log.
record LocalDepot(Path folder) implements Depot {
  @Override
  public String url(String name) {
    return folder.resolve(name).toUri().toString();
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public void takeAway() throws IOException {
    if (Files.exists(folder.resolve("bucket"))) {
      Files.move(folder.resolve("bucket"), folder.resolve("away"));
    }
  }

  @Override
  public void bringBack() throws IOException {
    if (Files.exists(folder.resolve("away"))) {
      Files.move(folder.resolve("away"), folder.resolve("bucket"));
    }
  }

  @Override
  public void storm() {
    // It is always calm.
  }

  @Override
  public void calm() {
    // It always is.
  }

  @Override
  public Path objects(String name) {
    return folder.resolve(name);
  }

  @Override
  public String summary() {
    return "a folder";
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
