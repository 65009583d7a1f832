package dev.tidemark.cli.kill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Where the logs of a round go.
interface Depot extends AutoCloseable {
  /// The URL of the log that has this name.
  String url(String name);

  /// What a process needs to reach it.
  Map<String, String> environment();

  /// It cannot be reached until [#bringBack].
  void takeAway() throws IOException;

  void bringBack() throws IOException, InterruptedException;

  /// From now on the way there is as bad as it was drawn.
  void storm();

  /// From now on nothing goes wrong on the way.
  void calm();

  /// The objects of a log as files, for those who read it in the simplest way.
  Path objects(String name) throws Exception;

  /// For people.
  String summary();

  @Override
  void close() throws IOException;
}
