package dev.tidemark.cli.fuzz;

import dev.tidemark.cli.CliTargets;
import dev.tidemark.fuzz.Attack;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Runs Jazzer on each target for a while, one after the other, and prints what came of it. What it
/// learnt (the corpus) stays in `cli/target/fuzz`, so that the next run goes on from there.
final class Fuzz {
  private static final int SECONDS = 60;
  private static final Pattern RUNS = Pattern.compile("(?m)^#(\\d+)\\s+DONE\\s+cov: (\\d+)");

  private final Path root;
  private final Path folder;

  private Fuzz(Path root) {
    this.root = root;
    this.folder = root.resolve("cli/target/fuzz");
  }

  /// The project's root, then any of: names of targets, `seconds=N`, `input=FILE`.
  public static void main(String[] arguments) throws Exception {
    List<String> names = new ArrayList<>();
    int seconds = SECONDS;
    List<Path> inputs = new ArrayList<>();
    for (String word : List.of(arguments).subList(1, arguments.length)) {
      if (word.startsWith("seconds=")) {
        seconds = Integer.parseInt(word.substring("seconds=".length()));
      } else if (word.startsWith("input=")) {
        inputs.add(Path.of(word.substring("input=".length())));
      } else if (!word.isEmpty()) {
        names.add(word);
      }
    }
    Fuzz fuzz = new Fuzz(Path.of(arguments[0]));
    boolean good = inputs.isEmpty() ? fuzz.all(names, seconds) : fuzz.replay(names, inputs);
    System.exit(good ? 0 : 1);
  }

  private List<FuzzTarget> targets() throws Exception {
    Files.createDirectories(folder);
    return CliTargets.all(root, Files.createTempDirectory(folder, "run"));
  }

  private boolean replay(List<String> names, List<Path> inputs) throws Exception {
    FuzzTarget target = JazzerTarget.find(targets(), names.getFirst());
    for (Path input : inputs) {
      new Attack(target).with(Files.readAllBytes(input));
      System.out.println(input + ": taken or refused");
    }
    return true;
  }

  private boolean all(List<String> names, int seconds) throws Exception {
    boolean good = true;
    for (FuzzTarget target : targets()) {
      if (names.isEmpty() || names.contains(target.name())) {
        good &= one(target, seconds);
      }
    }
    return good;
  }

  private boolean one(FuzzTarget target, int seconds) throws IOException, InterruptedException {
    Path place = folder.resolve(target.name());
    Path corpus = Files.createDirectories(place.resolve("corpus"));
    for (int i = 0; i < target.corpus().size(); i++) {
      Files.write(corpus.resolve("sound-" + i), target.corpus().get(i));
    }
    Path log = place.resolve("log");
    Process process =
        new ProcessBuilder(command(target, corpus, seconds))
            .directory(place.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int status = process.waitFor();
    String said = Files.readString(log, StandardCharsets.ISO_8859_1);
    Matcher done = RUNS.matcher(said);
    boolean ended = done.find();
    System.out.printf(
        "%-18s %12s executions, %6s edges, %s%n",
        target.name(),
        ended ? done.group(1) : "?",
        ended ? done.group(2) : "?",
        status == 0 ? "nothing found" : "see " + log + " and " + crashes(place));
    return status == 0;
  }

  private List<String> command(FuzzTarget target, Path corpus, int seconds) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-D" + JazzerTarget.NAME + "=" + target.name(),
        "-D" + JazzerTarget.ROOT + "=" + root,
        "-D" + JazzerTarget.FOLDER + "=" + folder,
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + JazzerTarget.class.getName(),
        "--instrumentation_includes=dev.tidemark.**",
        "--instrumentation_excludes=dev.tidemark.fuzz.**",
        // The sanitizers look for what a server does with strange words; here files are the point.
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.**",
        "--keep_going=5",
        "-max_total_time=" + seconds,
        "-timeout=20",
        "-rss_limit_mb=4096",
        "-max_len=65536",
        corpus.toString());
  }

  private static List<Path> crashes(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.filter(file -> file.getFileName().toString().startsWith("crash-")).toList();
    }
  }
}
