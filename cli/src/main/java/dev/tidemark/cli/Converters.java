package dev.tidemark.cli;

import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.cli.daemon.LogLine;
import dev.tidemark.cli.maintain.Keep;
import dev.tidemark.cli.maintain.Rate;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.retention.Levels;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.store.RecordName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// Teaches picocli the words of [Words].
final class Converters {
  /// How often the spool is synced; empty: never.
  record SpoolSync(Optional<Duration> interval) {}

  /// How long to wait between two self-audits; empty: there is none.
  record AuditInterval(Optional<Duration> interval) {}

  /// How many bytes may be read back in a day; empty: none.
  record Prove(Optional<Long> bytesPerDay) {}

  private Converters() {}

  static void register(CommandLine commandLine) {
    register(commandLine, Duration.class, Words::duration);
    register(commandLine, Instant.class, Words::time);
    register(commandLine, Txid.class, Words::txid);
    register(commandLine, LogBound.class, LogBound::parse);
    register(commandLine, Position.class, Words::position);
    register(commandLine, InetSocketAddress.class, DaemonConfig::address);
    register(commandLine, SpoolSync.class, text -> new SpoolSync(DaemonConfig.spoolSync(text)));
    register(
        commandLine,
        AuditInterval.class,
        text -> new AuditInterval(DaemonConfig.auditInterval(text)));
    register(commandLine, Prove.class, text -> new Prove(DaemonConfig.prove(text)));
    register(commandLine, Levels.class, Levels::parse);
    register(commandLine, Keep.class, Keep::parse);
    register(commandLine, Rate.class, Rate::parse);
    register(commandLine, Prices.class, Prices::parse);
    register(commandLine, RecordName.class, RecordName::new);
    register(commandLine, DurabilityLevel.class, Words::level);
    registerWords(commandLine, LogLine.Format.class);
    registerWords(commandLine, Progress.Mode.class);
    registerWords(commandLine, CompletionCommand.Shell.class);
  }

  private static <E extends Enum<E>> void registerWords(CommandLine commandLine, Class<E> type) {
    List<String> words = Candidates.words(type);
    register(
        commandLine,
        type,
        text -> {
          if (!words.contains(text)) {
            throw new IllegalArgumentException(
                "'" + text + "' is not one of " + String.join(", ", words));
          }
          return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        });
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
