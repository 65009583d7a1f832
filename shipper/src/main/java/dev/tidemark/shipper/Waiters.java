package dev.tidemark.shipper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Those who wait for something of one database: for its first look at the commits, for a
/// durability level, for its end. Requests are owned by the database's turns; the rest may be asked
/// by any thread.
final class Waiters {
  private final Path database;
  private final SyncRequests syncs = new SyncRequests();
  private final CompletableFuture<Void> firstLook = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  Waiters(Path database) {
    this.database = database;
  }

  SyncRequests syncs() {
    return syncs;
  }

  CompletableFuture<Void> firstLook() {
    return firstLook;
  }

  /// Commits are captured, or it is known why that has to wait.
  void looked() {
    firstLook.complete(null);
  }

  CompletableFuture<Void> ended() {
    return ended;
  }

  boolean hasEnded() {
    return ended.isDone();
  }

  /// Waits for a level from now on.
  void add(SyncRequest request) {
    if (hasEnded()) {
      refuse(request);
    } else {
      syncs.add(request);
    }
  }

  /// Answers a request that came after the end.
  void refuse(SyncRequest request) {
    request.reached().completeExceptionally(reason());
  }

  /// Nothing more will come: tells everybody, and why if there is a reason.
  void end(Optional<Throwable> failure) {
    failure.ifPresentOrElse(ended::completeExceptionally, () -> ended.complete(null));
    looked();
    syncs.fail(reason());
  }

  private Throwable reason() {
    return ended.isCompletedExceptionally()
        ? ended.exceptionNow()
        : new IOException(database + " is no longer shipped");
  }
}
