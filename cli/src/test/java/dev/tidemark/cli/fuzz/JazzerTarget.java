package dev.tidemark.cli.fuzz;

import dev.tidemark.cli.CliTargets;
import dev.tidemark.fuzz.Attack;
import dev.tidemark.fuzz.FuzzTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the fuzzer calls, by this name and with each of its inputs. Which target it is comes from a
/// system property: there is one process for each.
public final class JazzerTarget {
  static final String NAME = "tidemark.fuzz.target";
  static final String ROOT = "tidemark.fuzz.root";
  static final String FOLDER = "tidemark.fuzz.folder";

  private static final Attack ATTACK = attack();

  private JazzerTarget() {}

  /// The fuzzer's entry.
  public static void fuzzerTestOneInput(byte[] input) {
    ATTACK.with(input);
  }

  private static Attack attack() {
    Path root = Path.of(property(ROOT));
    try {
      Path folder = Files.createTempDirectory(Path.of(property(FOLDER)), "run");
      return new Attack(find(CliTargets.all(root, folder), property(NAME)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String property(String name) {
    return Optional.ofNullable(System.getProperty(name)).orElseThrow();
  }

  static FuzzTarget find(List<FuzzTarget> targets, String name) {
    return targets.stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target " + name));
  }
}
