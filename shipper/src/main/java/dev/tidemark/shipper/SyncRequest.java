package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Somebody waits for what was committed before the request to reach a level.
final class SyncRequest {
  private final DurabilityLevel level;
  private final boolean last;
  private final CompletableFuture<Position> reached = new CompletableFuture<>();
  private final CompletableFuture<Void> considered = new CompletableFuture<>();
  private Optional<Position> target = Optional.empty();

  private SyncRequest(DurabilityLevel level, boolean last) {
    this.level = level;
    this.last = last;
  }

  static SyncRequest of(DurabilityLevel level) {
    return new SyncRequest(level, false);
  }

  /// Shipping ends: all that can be had is to be stored, without waiting for a file that is
  /// missing.
  static SyncRequest last() {
    return new SyncRequest(DurabilityLevel.STORED, true);
  }

  boolean isLast() {
    return last;
  }

  CompletableFuture<Position> reached() {
    return reached;
  }

  /// Done as soon as it was looked once whether the level is reached, or it was answered in another
  /// way.
  CompletableFuture<Object> considered() {
    return CompletableFuture.anyOf(considered, reached);
  }

  boolean hasTarget() {
    return target.isPresent();
  }

  /// Everything committed before the request is captured, and this is the last of it.
  void aim(Position captured) {
    target = Optional.of(captured);
  }

  boolean wantsSpooled() {
    return level == DurabilityLevel.SPOOLED && !reached.isDone();
  }

  boolean wantsStored() {
    return level == DurabilityLevel.STORED && !reached.isDone();
  }

  /// Answers the waiter if the target, which is spooled, has reached the level; true if there is
  /// nothing left to wait for.
  boolean answer(Position stored) {
    target.filter(wanted -> isReached(wanted, stored)).ifPresent(reached::complete);
    considered.complete(null);
    return reached.isDone();
  }

  private boolean isReached(Position wanted, Position stored) {
    return level != DurabilityLevel.STORED || stored.txid().compareTo(wanted.txid()) >= 0;
  }
}
