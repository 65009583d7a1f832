package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Remembers the answers, and what the view knew already.
final class KnownFacts implements ObjectFacts {
  private final ObjectFacts source;
  private final Map<ObjectKey, Instant> times = new HashMap<>();
  private final Map<ObjectKey, Boolean> changes = new HashMap<>();

  KnownFacts(View view, ObjectFacts source) {
    this.source = source;
    for (View.Cover cover : view.covers()) {
      cover.time().ifPresent(time -> times.put(cover.item().key(), time));
    }
  }

  @Override
  public Instant time(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException {
    Instant known = times.get(item.key());
    if (known == null) {
      known = source.time(item);
      times.put(item.key(), known);
    }
    return known;
  }

  @Override
  public boolean changesPageSize(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException {
    Boolean known = changes.get(item.key());
    if (known == null) {
      known = source.changesPageSize(item);
      changes.put(item.key(), known);
    }
    return known;
  }
}
