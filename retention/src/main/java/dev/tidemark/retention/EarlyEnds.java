package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Slots that may end before the next key says, because one is missing there: covers begin or end
/// in between. Where none does, only reading all segments would show it.
final class EarlyEnds {
  private EarlyEnds() {}

  static List<Chain.Item> of(Chain chain) {
    TreeSet<Long> edges = new TreeSet<>();
    for (Chain.Item item : chain.covers()) {
      switch (item.key()) {
        case ObjectKey.Merged merged -> {
          edges.add(merged.first().value() - 1);
          edges.add(merged.last().value());
        }
        case ObjectKey.Snapshot snapshot -> edges.add(snapshot.txid().value());
        case ObjectKey.Slot _ -> {}
      }
    }
    List<Chain.Item> early = new ArrayList<>();
    for (int i = 0; i + 1 < chain.slots().size(); i++) {
      long start = ((ObjectKey.Slot) chain.slots().get(i).key()).first().value() - 1;
      long next = ((ObjectKey.Slot) chain.slots().get(i + 1).key()).first().value() - 1;
      Optional<Long> edge = Optional.ofNullable(edges.higher(start));
      if (edge.isPresent() && edge.get() < next) {
        early.add(chain.slots().get(i));
      }
    }
    return early;
  }
}
