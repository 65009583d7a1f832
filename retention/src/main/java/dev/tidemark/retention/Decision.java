package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import java.util.List;

/// What is to become of one object, why in plain words, and because of which others.
public record Decision(
    Chain.Item item, boolean isKept, String reason, List<Chain.Item> justification) {
  public Decision {
    justification = List.copyOf(justification);
  }

  static Decision keep(Chain.Item item, String reason) {
    return new Decision(item, true, reason, List.of());
  }

  static Decision drop(Chain.Item item, String reason, List<Chain.Item> justification) {
    return new Decision(item, false, reason, justification);
  }
}
