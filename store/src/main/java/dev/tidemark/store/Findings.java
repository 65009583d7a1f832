package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What reading objects has shown beyond the listing: which of them are of no use, and where others
/// really begin and end. A planner that knows it finds another cover, or refuses. For one thread.
public final class Findings {
  /// From where to where an object leads.
  record Span(Position start, Position end) {}

  private final Map<ObjectKey, String> damaged = new HashMap<>();
  private final Map<ObjectKey, Span> spans = new HashMap<>();
  private boolean anyGone;

  /// The object fails its checks, for this reason.
  public void damaged(ObjectKey key, String reason) {
    damaged.putIfAbsent(key, reason);
  }

  /// The object was listed and is absent.
  public void gone(ObjectKey key) {
    anyGone = true;
    damaged(key, "was listed and is gone");
  }

  /// The object's own word of where it begins and ends.
  public void span(ObjectKey key, Position start, Position end) {
    spans.put(key, new Span(start, end));
  }

  public Optional<String> damage(ObjectKey key) {
    return Optional.ofNullable(damaged.get(key));
  }

  Optional<Span> span(ObjectKey key) {
    return Optional.ofNullable(spans.get(key));
  }

  /// Whether a new listing may help.
  boolean anyGone() {
    return anyGone;
  }
}
