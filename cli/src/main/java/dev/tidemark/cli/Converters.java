package dev.tidemark.cli;

import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.shipper.DurabilityLevel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// Teaches picocli the words of [Words].
final class Converters {
  /// How often the spool is synced; empty: never.
  record SpoolSync(Optional<Duration> interval) {}

  private Converters() {}

  static void register(CommandLine commandLine) {
    register(commandLine, Duration.class, Words::duration);
    register(commandLine, Instant.class, Words::time);
    register(commandLine, Txid.class, Words::txid);
    register(commandLine, LogBound.class, LogBound::parse);
    register(commandLine, Position.class, Words::position);
    register(commandLine, InetSocketAddress.class, DaemonConfig::address);
    register(commandLine, SpoolSync.class, text -> new SpoolSync(DaemonConfig.spoolSync(text)));
    register(commandLine, DurabilityLevel.class, Converters::level);
  }

  private static DurabilityLevel level(String text) {
    for (DurabilityLevel level : DurabilityLevel.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is not one of "
            + Arrays.toString(DurabilityLevel.values()).toLowerCase(Locale.ROOT));
  }

  private static <T> void register(
      CommandLine commandLine, Class<T> type, Function<String, T> reader) {
    commandLine.registerConverter(
        type,
        text -> {
          try {
            return reader.apply(text);
          } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
          }
        });
  }
}
