package dev.tidemark.cli.demo;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Main;
import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.restore.Restore;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.restore.RestoreResult;
import dev.tidemark.restore.Verify;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.store.Counted;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The acts of the demo, in order. A restored file counts only if it is, byte for byte, what the
/// writer wrote down after one of its commits.
final class Demo {
  private static final int COMMITS = 400;
  private static final int CRASH_OF_DAEMON = 100;
  private static final int CRASH_OF_ALL = 300;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final PrintStream out;
  private final Path database;
  private final Path bucket;
  private final Journal journal;
  private boolean proven = true;

  Demo(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
    this.database = folder.resolve("app.db");
    this.bucket = folder.resolve("bucket");
    this.journal = new Journal(folder.resolve("journal"));
  }

  /// True if every restored file is proven to be what the writer had.
  boolean run(Optional<Path> original) throws Exception {
    prepare(original);
    Position acknowledged = liveAndCrash();
    restoreAndProve(acknowledged);
    verify();
    say(proven ? "\nProven: all of it, by the writer's own record." : "\nNOT PROVEN, see above.");
    say("Look around in " + folder + "; try: tidemark log " + bucket);
    return proven;
  }

  private void prepare(Optional<Path> original) throws Exception {
    if (original.isPresent()) {
      DatabaseCopy.copy(original.get(), database);
      say("1. A copy of " + original.get() + ", and a table for the demo in it");
    } else {
      say("1. A database of a hundred accounts, in WAL mode: " + database);
    }
    DemoWriter.prepare(database);
  }

  private Position liveAndCrash() throws Exception {
    DemoProcess daemon = daemon();
    try (DemoProcess writer = writer(sync())) {
      say("3. An application commits transfers; each commit is a transaction of its own");
      awaitCommits(writer, CRASH_OF_DAEMON);
      daemon.kill();
      say("4. kill -9 of the daemon at commit " + journal.commits().size() + "; started again");
      daemon = daemon();
      awaitCommits(writer, CRASH_OF_ALL);
      Position stored = sync();
      say("5. sync: everything up to " + stored + " is stored");
      awaitCommits(writer, CRASH_OF_ALL + 10);
      writer.kill();
      daemon.kill();
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
      }
      say(
          "6. Crash: kill -9 of both at commit %d, and the database is gone"
              .formatted(journal.commits().size()));
      return stored;
    } finally {
      daemon.kill();
    }
  }

  private DemoProcess daemon() throws IOException {
    return DemoProcess.start(
        folder.resolve("daemon.log"),
        Main.class,
        "replicate",
        database.toString(),
        bucket.toString());
  }

  private DemoProcess writer(Position from) throws IOException {
    say("2. tidemark replicate ships it to " + bucket + "; the first position is " + from);
    return DemoProcess.start(
        folder.resolve("writer.log"),
        DemoWriter.class,
        database.toString(),
        folder.resolve("journal").toString(),
        Integer.toString(COMMITS));
  }

  /// Waits for the daemon as a user's script would, with `tidemark sync`.
  private Position sync() throws IOException, InterruptedException, CommandException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        String answer =
            ControlClient.of(database)
                .ask("POST", "/sync?level=stored&timeout=10000ms", false, PATIENCE);
        return Position.parse(answer.strip());
      } catch (CommandException e) {
        if (e.exitCode() != ExitCode.NOT_FOUND || System.nanoTime() > until) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  private void awaitCommits(DemoProcess writer, int count)
      throws IOException, InterruptedException, CommandException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (journal.commits().size() < count) {
      if (!writer.isAlive() || System.nanoTime() > until) {
        throw new CommandException(
            ExitCode.FAILED, "the demo's writer stopped; see " + folder.resolve("writer.log"));
      }
      Thread.sleep(10);
    }
  }

  private void restoreAndProve(Position acknowledged) throws Exception {
    say("7. Restores, each compared with what the writer wrote down after that commit:");
    try (ObjectStore store = store()) {
      long last = acknowledged.txid().value();
      for (Txid txid : List.of(new Txid(2), new Txid(last / 2), new Txid(last))) {
        Path restored = folder.resolve("restored-" + txid + ".db");
        RestoreResult result =
            new Restore(store, RestoreOptions.DEFAULT)
                .run(new RestoreTarget.AtTxid(txid), restored);
        Optional<Integer> commit = journal.commitOf(restored);
        boolean good = commit.isPresent() && isSound(restored);
        proven &= good;
        say(
            "   --txid %s  %s  %s"
                .formatted(
                    txid,
                    result.timestamp(),
                    good
                        ? "is commit %d, byte for byte, SHA-256 %s…"
                            .formatted(commit.get(), Journal.digest(restored).substring(0, 12))
                        : "IS NOT what the writer had"));
      }
    }
  }

  /// Asked of a copy, since SQLite writes to what it opens.
  private boolean isSound(Path restored) throws Exception {
    Path copy = folder.resolve("checked.db");
    DatabaseCopy.copy(restored, copy);
    return DemoWriter.isSound(copy);
  }

  private void verify() throws Exception {
    try (ObjectStore store = store()) {
      VerifyResult result = new Verify(store, folder, 2, ReadListener.NONE).run();
      proven &= result.ok();
      say(
          "8. tidemark verify: %s, head %s, %s"
              .formatted(
                  Counted.of(result.objects(), "object"),
                  result.head().map(Position::toString).orElse("none"),
                  result.ok() ? "every position can be restored" : result.problems()));
    }
  }

  private ObjectStore store() {
    return Stores.open(StoreUrl.parse(bucket.toString(), Optional.empty()), false);
  }

  private void say(String line) {
    out.println(line);
  }
}
