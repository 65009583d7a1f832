package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Words;
import dev.tidemark.ltx.Position;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What one daemon does, from the flags or from the config file. `proveBytesPerDay`: how much may
/// be read back to prove what is stored; empty: nothing.
public record DaemonConfig(
    List<Source> databases,
    Duration shutdownTimeout,
    Optional<InetSocketAddress> http,
    Optional<Long> proveBytesPerDay) {
  public static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);
  public static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);
  public static final long SPOOL_QUOTA_BYTES = 1L << 30;
  public static final long WAL_CAP_BYTES = 1L << 30;

  public DaemonConfig {
    databases = List.copyOf(databases);
  }

  /// Under load several batches share one sync of WAL and spool; a segment is synced in any case
  /// before it is put.
  public static final Optional<Duration> SPOOL_SYNC = Optional.of(Duration.ofMillis(100));

  public static final Optional<Duration> AUDIT_INTERVAL = Optional.of(Duration.ofDays(1));

  /// One database, where it goes, and how. `spoolSync`: zero = every batch; empty = never.
  /// `auditInterval`: empty = never. `maintenance`: empty = its log is maintained elsewhere, if at
  /// all.
  public record Source(
      Path database,
      String url,
      Optional<Position> takeOver,
      Duration syncInterval,
      Optional<Duration> spoolSync,
      long spoolQuotaBytes,
      long walCapBytes,
      Optional<Duration> auditInterval,
      Optional<MaintenanceConfig> maintenance) {}

  /// `host:port`, `:port` or `[v6]:port`.
  public static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon >= 0 && port >= 0 && port <= 0xFFFF) {
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
      }
    } catch (NumberFormatException _) {
      // Refused below, like every other text without a port.
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not an address to listen on, such as 127.0.0.1:9797");
  }

  /// `off`, or how many bytes may be read back in a day.
  public static Optional<Long> prove(String text) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    long bytes = dev.tidemark.cli.Words.size(text);
    if (bytes < ProofBudget.BYTES_MIN) {
      throw new IllegalArgumentException(
          "'" + text + "' a day is too little to prove anything; give at least 64MiB, or off");
    }
    return Optional.of(bytes);
  }

  /// `each`, `off`, or how long to wait between two.
  public static Optional<Duration> spoolSync(String text) {
    return switch (text) {
      case "each" -> Optional.of(Duration.ZERO);
      case "off" -> Optional.empty();
      default -> Optional.of(Words.duration(text));
    };
  }

  /// `off`, or how long to wait between two.
  public static Optional<Duration> auditInterval(String text) {
    return text.equals("off") ? Optional.empty() : Optional.of(Words.duration(text));
  }
}
