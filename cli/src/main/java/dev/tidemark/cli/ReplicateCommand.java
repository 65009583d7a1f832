package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ConfigFile;
import dev.tidemark.cli.daemon.Daemon;
import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.cli.daemon.LogLine;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `replicate`: the daemon.
@Command(
    name = "replicate",
    description = {
      "Ship every commit of a database to a URL until SIGTERM or SIGINT, then drain.",
      ""
    },
    footer = {
      "",
      "  tidemark replicate app.db s3://bucket/app",
      "  tidemark replicate app.db s3://bucket/app --exec './app --port 8080'",
      "  tidemark replicate app.db file:///backup/app --once",
      "  tidemark replicate --config tidemark.yml"
    })
final class ReplicateCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "DB", description = "The database file.")
  Optional<Path> database = Optional.empty();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "URL",
      description = "file:///folder, or s3://bucket/prefix?endpoint=...&region=...")
  Optional<String> url = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Ship the databases that this YAML file names, instead of DB and URL.")
  Optional<Path> config = Optional.empty();

  @Option(
      names = "--exec",
      paramLabel = "COMMAND",
      description = "Run the application as a child; end with its exit status.")
  Optional<String> exec = Optional.empty();

  @Option(names = "--once", description = "Ship what there is, and exit.")
  boolean once;

  @Option(
      names = "--take-over",
      paramLabel = "POSITION",
      description = "Continue the log at this head with a database that does not follow from it.")
  Optional<Position> takeOver = Optional.empty();

  @Option(
      names = "--sync-interval",
      paramLabel = "DURATION",
      description = "Under load, store at most one segment per interval (default: 1s).")
  Optional<Duration> syncInterval = Optional.empty();

  @Option(
      names = "--spool-sync",
      paramLabel = "each|DURATION|off",
      description = "When to sync the local spool (default: 100ms).")
  Optional<Converters.SpoolSync> spoolSync = Optional.empty();

  @Option(
      names = "--audit-interval",
      paramLabel = "DURATION|off",
      description = "From one self-audit of the database file to the next (default: 1d).")
  Optional<Converters.AuditInterval> auditInterval = Optional.empty();

  @Option(
      names = "--shutdown-timeout",
      paramLabel = "DURATION",
      description = "How long to drain before exit code 5 (default: 30s).")
  Optional<Duration> shutdownTimeout = Optional.empty();

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Serve /metrics, /healthz, /readyz and /status.")
  Optional<InetSocketAddress> http = Optional.empty();

  @Option(
      names = "--prove",
      paramLabel = "BYTES|off",
      description =
          "Prove in the background what is stored; read back at most so many bytes a day (default:"
              + " off).")
  Optional<Converters.Prove> prove = Optional.empty();

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      completionCandidates = Candidates.LogFormats.class,
      defaultValue = "text",
      description = "How to write log lines to stderr (default: ${DEFAULT-VALUE}).")
  LogLine.Format logFormat;

  @Override
  public Integer call() throws Exception {
    Daemon daemon = new Daemon(daemonConfig(), StoreLocation::create);
    boolean debug = spec.root().commandLine().<Tidemark>getCommand().debug;
    if (once) {
      new Usage(spec).refuse(exec.isPresent(), "--once and --exec do not go together");
      new Usage(spec).refuse(prove.isPresent(), "--once proves nothing; run 'verify' after it");
      if (debug) {
        Logging.daemon(logFormat, true);
      }
      return daemon.once();
    }
    Logging.daemon(logFormat, debug);
    return daemon.run(exec);
  }

  private DaemonConfig daemonConfig() throws IOException, CommandException {
    Usage usage = new Usage(spec);
    if (config.isPresent()) {
      usage.refuse(database.isPresent(), "give either DB and URL or --config, not both");
      usage.refuse(
          takeOver.isPresent()
              || syncInterval.isPresent()
              || spoolSync.isPresent()
              || auditInterval.isPresent(),
          "--take-over, --sync-interval, --spool-sync and --audit-interval need DB and URL;"
              + " --config has keys for the latter three");
      usage.refuse(!Files.isRegularFile(config.get()), config.get() + ": no such config file");
      DaemonConfig file =
          ConfigFile.read(config.get(), name -> Optional.ofNullable(System.getenv(name)));
      for (DaemonConfig.Source source : file.databases()) {
        StoreLocation.parse(source.url());
      }
      return new DaemonConfig(
          file.databases(),
          shutdownTimeout.orElse(file.shutdownTimeout()),
          http.or(file::http),
          prove.map(Converters.Prove::bytesPerDay).orElse(file.proveBytesPerDay()));
    }
    usage.refuse(database.isEmpty(), "DB and URL are missing, or --config FILE");
    usage.refuse(url.isEmpty(), "URL is missing");
    StoreLocation.parse(url.get());
    DaemonConfig.Source source =
        new DaemonConfig.Source(
            database.get(),
            url.get(),
            takeOver,
            syncInterval.orElse(DaemonConfig.SYNC_INTERVAL),
            spoolSync.map(Converters.SpoolSync::interval).orElse(DaemonConfig.SPOOL_SYNC),
            DaemonConfig.SPOOL_QUOTA_BYTES,
            DaemonConfig.WAL_CAP_BYTES,
            auditInterval
                .map(Converters.AuditInterval::interval)
                .orElse(DaemonConfig.AUDIT_INTERVAL),
            Optional.empty());
    return new DaemonConfig(
        List.of(source),
        shutdownTimeout.orElse(DaemonConfig.SHUTDOWN_TIMEOUT),
        http,
        prove.flatMap(Converters.Prove::bytesPerDay));
  }
}
