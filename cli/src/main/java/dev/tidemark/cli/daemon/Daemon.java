package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ErrorLine;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.DatabaseConfig;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.Shipper;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the shipper until a signal, the end of the application, or the end of every database; then
/// drains. One thread takes the events one by one; everything else only reports to its queue.
public final class Daemon {
  /// What can happen while databases are being shipped.
  private sealed interface Event {
    record Signalled(Signals.Received signal) implements Event {}

    record ChildEnded(int status) implements Event {}

    record DatabaseEnded(ShippedDatabase database, Optional<Throwable> failure) implements Event {}
  }

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);
  private static final List<String> STOPPING = List.of("TERM", "INT");
  private static final List<String> FORWARDED = List.of("HUP", "USR1");
  private static final int KILLED_BY_SIGNAL = 128;

  private final DaemonConfig config;
  private final StoreOpener stores;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final List<ShippedDatabase> databases = new ArrayList<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final AtomicBoolean stopRequested = new AtomicBoolean();
  private volatile Optional<Child> child = Optional.empty();
  private Optional<Throwable> firstFailure = Optional.empty();

  /// Opens the store of a URL.
  public interface StoreOpener {
    ObjectStore open(String url) throws CommandException;
  }

  public Daemon(DaemonConfig config, StoreOpener stores) {
    this.config = config;
    this.stores = stores;
  }

  /// Ships until it is told to stop; answers the exit status. `command` is the application to run,
  /// if any.
  public int run(Optional<String> command)
      throws IOException,
          CommandException,
          FencedException,
          UnsuitableDatabaseException,
          InterruptedException {
    Signals.handle(STOPPING, this::stopping);
    try {
      start(config.proveBytesPerDay(), true);
      if (command.isPresent()) {
        new FirstLooks(databases).await(stopRequested::get);
        if (!stopRequested.get()) {
          child = Optional.of(startChild(command.get()));
        }
      }
      return drained(loop());
    } finally {
      close();
    }
  }

  /// Ships what there is, and ends. A store that stays away for the shutdown timeout is a failure.
  public int once() throws Exception {
    Signals.handle(STOPPING, this::stopping);
    try {
      for (DaemonConfig.Source source : config.databases()) {
        OneShot.checkContent(source.database());
      }
      start(Optional.empty(), false);
      for (ShippedDatabase database : databases) {
        new OneShot(database, config.shutdownTimeout()).ship(stopRequested::get);
      }
      return drained(ExitCode.DONE.status());
    } finally {
      close();
    }
  }

  private void start(Optional<Long> proveBytesPerDay, boolean maintains)
      throws IOException, CommandException, FencedException, UnsuitableDatabaseException {
    for (DaemonConfig.Source source : config.databases()) {
      if (Files.isDirectory(source.database())) {
        throw new CommandException(
            ExitCode.USAGE, source.database() + ": is a directory; give the path of a database");
      }
    }
    Optional<HttpEndpoints> http = Optional.empty();
    if (config.http().isPresent()) {
      http = Optional.of(opened(HttpEndpoints.bind(config.http().get())));
    }
    Shipper shipper = opened(Shipper.start(locks()));
    Optional<Proofs> proofs =
        proveBytesPerDay.map(bytes -> new Proofs(bytes, Pauses.system(), InstantSource.system()));
    Maintenance maintenance = opened(new Maintenance(Pauses.system(), InstantSource.system()));
    Background background =
        new Background(
            proofs.<ProofStatus.Board>map(it -> it).orElse(ProofStatus.Board.NONE), maintenance);
    for (DaemonConfig.Source source : config.databases()) {
      DatabaseConfig wanted = databaseConfig(source);
      ShippedDatabase database = shipper.add(wanted);
      databases.add(database);
      if (proofs.isPresent()) {
        proofs.get().add(database, wanted.store(), source.url());
      }
      if (maintains && source.maintenance().isPresent()) {
        maintenance.add(database, source.url(), source.maintenance().get());
      }
      // The answer of `whenComplete` only repeats what the event says.
      CompletableFuture<Void> _ =
          database
              .ended()
              .whenComplete(
                  (_, e) -> events.add(new Event.DatabaseEnded(database, Optional.ofNullable(e))));
      opened(
          ControlServer.start(
              ControlSocket.of(source.database()), new DatabaseEndpoints(database, background)));
      Thread.ofVirtual().start(new Announcement(database, source.url()));
    }
    if (proofs.isPresent()) {
      opened(proofs.get()).start();
    }
    maintenance.start();
    if (http.isPresent()) {
      http.get().serve(databases, background);
      log.info("metrics, health and status at http:/{}", http.get().address());
    }
  }

  /// `TIDEMARK_LOCKS=sql` forces the pin by SQL transactions, `ofd` the one by OFD locks.
  private static LockMode locks() throws CommandException {
    String wanted = System.getenv().getOrDefault("TIDEMARK_LOCKS", "auto");
    return switch (wanted) {
      case "auto" -> LockMode.AUTO;
      case "ofd" -> LockMode.OFD;
      case "sql" -> LockMode.SQL;
      default ->
          throw new CommandException(
              ExitCode.USAGE, "TIDEMARK_LOCKS=" + wanted + ": expected ofd, sql or auto");
    };
  }

  private DatabaseConfig databaseConfig(DaemonConfig.Source source) throws CommandException {
    return new DatabaseConfig(
        source.database(),
        opened(stores.open(source.url())),
        source.url(),
        source.takeOver(),
        source.syncInterval(),
        source.spoolSync(),
        source.spoolQuotaBytes(),
        source.walCapBytes(),
        source.auditInterval());
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  private Child startChild(String command) throws CommandException {
    Signals.handle(FORWARDED, signal -> child.ifPresent(application -> application.signal(signal)));
    Child application = Child.start(command);
    CompletableFuture<Void> _ =
        application.ended().thenAccept(status -> events.add(new Event.ChildEnded(status)));
    log.info("started the application pid={}", application.pid());
    return application;
  }

  /// Answers the status to exit with, as far as it is known before draining.
  private int loop() throws InterruptedException {
    int ended = 0;
    while (true) {
      switch (events.take()) {
        case Event.Signalled(var signal) -> {
          log.info("got SIG{}, draining", signal.name());
          if (child.isEmpty()) {
            return ExitCode.DONE.status();
          }
          child.get().signal(signal);
        }
        case Event.ChildEnded(var status) -> {
          log.info("the application ended, draining status={}", status);
          return status;
        }
        case Event.DatabaseEnded(var database, var failure) -> {
          ended++;
          failure.ifPresent(e -> report(database, e));
          if (ended == databases.size() && child.isEmpty()) {
            return ExitCode.DONE.status();
          }
        }
      }
    }
  }

  private void report(ShippedDatabase database, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (firstFailure.isEmpty()) {
      firstFailure = Optional.of(cause);
    }
    log.error("stopped shipping: {} db={}", ErrorLine.of(cause), database.database());
    log.debug("the failure in full", cause);
  }

  /// Ships what is left; the application's own failure counts more than ours.
  private int drained(int status) throws InterruptedException {
    ExitCode drained = new Drain(config.shutdownTimeout()).all(databases);
    if (status != 0) {
      return status;
    }
    return firstFailure.map(ExitCode::of).orElse(drained).status();
  }

  /// The first signal drains, a second one ends the process at once; nothing is lost by that but
  /// time.
  private void stopping(Signals.Received signal) {
    if (stopRequested.compareAndSet(false, true)) {
      events.add(new Event.Signalled(signal));
    } else {
      child.ifPresent(application -> application.signal(signal));
      Runtime.getRuntime().halt(KILLED_BY_SIGNAL + signal.number());
    }
  }

  private void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        log.warn("cannot close: {}", e.toString());
      }
    }
  }
}
