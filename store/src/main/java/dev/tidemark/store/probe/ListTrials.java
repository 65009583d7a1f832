package dev.tidemark.store.probe;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a listing says what is there at this moment. A few times, since an old one is shown only
/// now and then.
final class ListTrials {
  private static final int LISTED = 5;
  private static final int ROUNDS = 4;

  private final ObjectStore store;
  private final ProbeFolder folder;

  ListTrials(ObjectStore store, ProbeFolder folder) {
    this.store = store;
    this.folder = folder;
  }

  Optional<String> written() throws StoreException, InterruptedException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < LISTED; i++) {
      expected.add(folder.key("list/" + i));
    }
    for (int i = LISTED - 1; i >= 0; i--) {
      store.put(expected.get(i), folder.body(10));
      List<String> found = folder.listed("list/", "");
      if (!found.equals(expected.subList(i, LISTED))) {
        return Optional.of(
            "right after a put, %d keys of %d are listed, or not in order: %s"
                .formatted(found.size(), LISTED - i, found));
      }
    }
    List<String> rest = folder.listed("list/", expected.get(2));
    return rest.equals(expected.subList(3, LISTED))
        ? Optional.empty()
        : Optional.of("listing after a key answers %s".formatted(rest));
  }

  Optional<String> deleted() throws StoreException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      String key = folder.key("deleted/" + round);
      store.put(key, folder.body(10));
      store.delete(key);
      if (store.head(key).isPresent()) {
        return Optional.of(
            "a deleted object is still there (a retention lock? deletions must then be expected to"
                + " fail)");
      }
      if (folder.listed("deleted/", "").contains(key)) {
        return Optional.of("a deleted object is still listed");
      }
    }
    return Optional.empty();
  }
}
