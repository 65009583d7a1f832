package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Words;
import dev.tidemark.cli.maintain.Keep;
import dev.tidemark.cli.maintain.Rate;
import dev.tidemark.retention.Levels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// How the daemon maintains a log: as `tidemark maintain` does with these options.
///
/// @param interval from the end of one run to the next, while there is anything new
/// @param settled so long after the last commit the last window of time is over
public record MaintenanceConfig(Duration interval, Duration settled, List<String> options) {
  public static final Duration INTERVAL = Duration.ofMinutes(5);

  /// Fast enough for any log that a link can fill, and nobody's whole link.
  public static final String RATE = "16MiB";

  /// The keys of the config file that are options of `maintain`, and what reads their values.
  static final Map<String, Function<String, ?>> OPTIONS =
      Map.of(
          "keep", Keep::parse,
          "levels", Levels::parse,
          "snapshot-every", Words::duration,
          "grace", Words::duration,
          "boundary-every", Words::duration,
          "replica-lag", Words::duration,
          "maintenance-rate", Rate::parse,
          "maintenance-scratch", Path::of);

  public MaintenanceConfig {
    options = List.copyOf(options);
  }

  /// Whether the daemon maintains its logs itself.
  static boolean inside(String text) {
    return switch (text) {
      case "inside" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is not one of inside, off");
    };
  }

  static String option(String key) {
    return "--" + key.replaceFirst("^maintenance-", "");
  }

  /// What is to be said before the first run.
  public Optional<String> warning() {
    String keep = option("keep") + "=";
    return options.stream()
        .filter(option -> option.startsWith(keep))
        .findFirst()
        .flatMap(option -> Keep.parse(option.substring(keep.length())).warning());
  }

  static Duration settled(Levels levels) {
    return levels.window(levels.highest()).plus(levels.window(1));
  }
}
