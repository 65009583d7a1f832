package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.util.ArrayList;
import java.util.List;

/// Who waits for a level to be reached. One thread at a time.
final class SyncRequests {
  private final List<SyncRequest> waiting = new ArrayList<>();

  void add(SyncRequest request) {
    waiting.add(request);
  }

  /// Whether somebody does not know yet what to wait for.
  boolean isAiming() {
    return waiting.stream().anyMatch(request -> !request.hasTarget());
  }

  /// Whether somebody waits for the spool.
  boolean isSpooling() {
    return waiting.stream().anyMatch(SyncRequest::wantsSpooled);
  }

  /// Whether somebody waits for the store.
  boolean isFlushing() {
    return waiting.stream().anyMatch(SyncRequest::wantsStored);
  }

  /// Everything committed by now is captured, up to this position.
  void captured(Position position) {
    for (SyncRequest request : waiting) {
      if (!request.hasTarget()) {
        request.aim(position);
      }
    }
  }

  /// There is no file to capture more from: that is enough for whoever does not wait for it to come
  /// back.
  void capturedOfMissing(Position position) {
    for (SyncRequest request : waiting) {
      if (!request.hasTarget() && request.isLast()) {
        request.aim(position);
      }
    }
  }

  /// Answers whoever has waited for no more than this.
  void stored(Position position) {
    waiting.removeIf(request -> request.answer(position));
  }

  void fail(Throwable reason) {
    waiting.forEach(request -> request.reached().completeExceptionally(reason));
    waiting.clear();
  }
}
