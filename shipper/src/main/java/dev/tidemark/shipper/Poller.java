package dev.tidemark.shipper;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that watches all databases: every millisecond while anything goes on, else asleep
/// until a file changes.
///
/// File events alone would wake it at every write to a WAL and take the application's time; so they
/// are asked for only when everything has been quiet, and dropped at the first one.
final class Poller implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final long ACTIVE_NANOS = 1_000_000L;
  private static final long IDLE_MILLIS = 250;

  private final List<DatabaseLife> lives = new CopyOnWriteArrayList<>();
  private final LongSupplier nanos;
  private final WatchService watch;
  private final Thread thread;
  private volatile boolean stopped;

  Poller(LongSupplier nanos) throws IOException {
    this.nanos = nanos;
    this.watch = FileSystems.getDefault().newWatchService();
    this.thread = Thread.ofPlatform().name("tidemark-poll").daemon().unstarted(this);
  }

  void start() {
    thread.start();
  }

  void add(DatabaseLife life) {
    lives.add(life);
    LockSupport.unpark(thread);
  }

  void remove(DatabaseLife life) {
    lives.remove(life);
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        long now = nanos.getAsLong();
        boolean quiet = true;
        for (DatabaseLife life : lives) {
          poll(life, now);
          quiet &= life.isQuiet(now);
        }
        if (lives.isEmpty()) {
          // Until the first is added, which unparks.
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS));
        } else if (quiet) {
          sleepUntilEvent();
        } else {
          LockSupport.parkNanos(ACTIVE_NANOS);
        }
      }
    } catch (InterruptedException _) {
      LOG.debug("stopped");
    }
  }

  /// Whoever takes the last of the heap says so; this thread is here for all of them and goes on.
  private static void poll(DatabaseLife life, long now) {
    try {
      life.poll(now);
    } catch (OutOfMemoryError e) {
      LOG.debug("out of memory", e);
    }
  }

  /// Without events a database is still looked at every [#IDLE_MILLIS].
  private Optional<WatchKey> register(Path folder) {
    try {
      return Optional.of(
          folder.register(
              watch,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE));
    } catch (IOException e) {
      LOG.debug("{} cannot be watched: {}", folder, e.getMessage());
      return Optional.empty();
    }
  }

  private void sleepUntilEvent() throws InterruptedException {
    Set<Path> folders = new HashSet<>();
    lives.forEach(life -> folders.add(life.stateFolder().resolveSibling(".")));
    List<WatchKey> keys = new ArrayList<>();
    for (Path folder : folders) {
      register(folder).ifPresent(keys::add);
    }
    // What happened before the registration has left no event; one look more.
    boolean asleep = true;
    while (asleep && !stopped) {
      long now = nanos.getAsLong();
      for (DatabaseLife life : lives) {
        poll(life, now);
        asleep &= life.isQuiet(now);
      }
      WatchKey event = asleep ? watch.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS) : null;
      if (event != null) {
        asleep = false;
        lives.forEach(life -> life.wake(nanos.getAsLong()));
      }
    }
    keys.forEach(WatchKey::cancel);
    while (watch.poll() != null) {
      // Events of keys that are cancelled now.
    }
  }

  void stop() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join();
      watch.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("closing the watch", e);
    }
  }
}
