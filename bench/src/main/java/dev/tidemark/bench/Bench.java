package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Runs everything and prints one table: `Bench ROOT [rounds=N] [PART...]`, where a part is
/// `paced`, `saturated`, `checkpoints`, `footprint`, `stored`, `uploaded` or `restore`; and
/// `segments`, which is run only when it is named.
final class Bench {
  private static final int ROUNDS = 5;
  private static final int RESTORE_ROUNDS = 3;
  private static final int SEGMENTS = 10_000;
  private static final String ROUNDS_OPTION = "rounds=";
  private static final List<String> SIDE_BY_SIDE =
      List.of("paced", "saturated", "checkpoints", "footprint");

  private Bench() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = Path.of(args[0]);
    List<String> parts = new ArrayList<>(List.of(args).subList(1, args.length));
    int rounds = ROUNDS;
    if (!parts.isEmpty() && parts.getFirst().startsWith(ROUNDS_OPTION)) {
      rounds = Integer.parseInt(parts.removeFirst().substring(ROUNDS_OPTION.length()));
    }
    if (parts.isEmpty()) {
      parts.addAll(SIDE_BY_SIDE);
      parts.addAll(List.of("stored", "uploaded", "restore"));
    }
    System.out.printf(
        "%d cores, Java %s, load average before: %s%n%n%s%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), load(), Row.HEAD);
    if (!Collections.disjoint(parts, SIDE_BY_SIDE)) {
      sideBySide(root, rounds, parts);
    }
    if (parts.contains("stored")) {
      print(new StoredLatency(root).measure());
    }
    if (parts.contains("uploaded")) {
      print(new UploadedBytes(root).measure());
    }
    if (parts.contains("restore")) {
      print(new RestoreSpeed(root, RESTORE_ROUNDS, 1L << 30).measure());
    }
    if (parts.contains("segments")) {
      print(new ManySegments(root, SEGMENTS, RESTORE_ROUNDS).measure());
    }
    System.out.printf("%nload average after: %s%n", load());
  }

  private static void sideBySide(Path root, int rounds, List<String> parts)
      throws IOException, InterruptedException {
    try (SideBySide side = SideBySide.start(root)) {
      side.warmUp(2);
      CommitCost cost = new CommitCost(side, rounds);
      if (parts.contains("paced")) {
        print(cost.paced());
      }
      if (parts.contains("saturated")) {
        print(cost.saturated());
      }
      if (parts.contains("checkpoints")) {
        print(cost.checkpoints());
      }
      if (parts.contains("footprint")) {
        print(new Footprint(side).measure());
      }
    }
  }

  private static void print(List<Row> rows) {
    rows.forEach(row -> System.out.println(row.line()));
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }
}
