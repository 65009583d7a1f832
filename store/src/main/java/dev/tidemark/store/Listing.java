package dev.tidemark.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was found in a store: segments, merged files and snapshots, each kind in key order.
record Listing(
    DatabaseRecord database, Optional<BoundaryRecord> boundary, List<Chain.Item> objects) {
  Listing {
    objects = List.copyOf(objects);
  }

  /// All objects under a prefix; foreign names are left out.
  static List<Chain.Item> items(ObjectStore store, String prefix)
      throws StoreException, InterruptedException {
    return items(all(store, prefix));
  }

  /// Those of these that are ours.
  static List<Chain.Item> items(List<Listed> all) {
    List<Chain.Item> items = new ArrayList<>();
    for (Listed listed : all) {
      ObjectKey.parse(listed.key()).ifPresent(key -> items.add(new Chain.Item(key, listed)));
    }
    return items;
  }

  static List<Listed> all(ObjectStore store, String prefix)
      throws StoreException, InterruptedException {
    List<Listed> all = new ArrayList<>();
    String after = "";
    while (true) {
      ListPage page = store.list(prefix, after);
      all.addAll(page.objects());
      if (!page.more() || page.objects().isEmpty()) {
        return all;
      }
      after = page.objects().getLast().key();
    }
  }
}
