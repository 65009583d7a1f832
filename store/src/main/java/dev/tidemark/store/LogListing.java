package dev.tidemark.store;

import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lists `log/`, several pages at once where there are many.
///
/// Keys begin with the number of a transaction, so where a later page begins can be guessed from
/// how far the last one led. One page is asked for, then two at once, then four: at most about as
/// many too many as were needed.
///
/// A guess is never trusted. **A page tells all that lies between where it was asked to begin and
/// its last key**: segments are stored one after the other, so when its last one was there, those
/// before it had been. Pages are therefore joined where one begins no later than the one before it
/// ends, whichever was answered first; what lies behind a gap is dropped, and asked for again.
final class LogListing {
  private final ObjectStore store;
  private final int requests;
  private final List<Listed> all = new ArrayList<>();
  private ListPage last = new ListPage(List.of(), true);

  private LogListing(ObjectStore store, int requests) {
    this.store = store;
    this.requests = requests;
  }

  /// All segments, with at most so many requests at once; foreign names are left out.
  static List<Chain.Item> items(ObjectStore store, int requests)
      throws StoreException, DamagedLogException, InterruptedException {
    LogListing listing = new LogListing(store, requests);
    listing.read();
    return Listing.items(listing.all);
  }

  private void read() throws StoreException, DamagedLogException, InterruptedException {
    int wave = 1;
    do {
      List<String> starts = starts(wave);
      List<AtOnce.Request<ListPage>> asked = new ArrayList<>();
      starts.forEach(start -> asked.add(() -> store.list(ObjectKey.LOG, start)));
      join(starts, AtOnce.answers(asked));
      wave = Math.min(2 * wave, requests);
    } while (last.more() && !last.objects().isEmpty());
  }

  /// The first page begins where the listing ends so far.
  private void join(List<String> starts, List<ListPage> pages) {
    for (int i = 0; i < pages.size(); i++) {
      String end = end();
      if (i > 0 && (!last.more() || isAfter(starts.get(i), end))) {
        return;
      }
      last = pages.get(i);
      for (Listed listed : last.objects()) {
        if (isAfter(listed.key(), end)) {
          all.add(listed);
        }
      }
    }
  }

  private String end() {
    return all.isEmpty() ? "" : all.getLast().key();
  }

  private static boolean isAfter(String key, String other) {
    return KeyRule.ORDER.compare(key, other) > 0;
  }

  /// Where the listing ends so far, and where further pages may begin. They overlap by a quarter:
  /// how many transactions there are in a segment changes with the hours.
  private List<String> starts(int count) {
    List<String> starts = new ArrayList<>(List.of(end()));
    if (count > 1 && !last.objects().isEmpty()) {
      long to = txid(last.objects().getLast());
      long stride = Math.max(0, to - txid(last.objects().getFirst())) / 4 * 3;
      for (long at = to; starts.size() < count && stride > 0 && at < Long.MAX_VALUE - stride; ) {
        at += stride;
        starts.add(ObjectKey.LOG + new Txid(at));
      }
    }
    return starts;
  }

  /// 0 for a foreign name: nothing can be guessed from it.
  private static long txid(Listed listed) {
    Optional<ObjectKey> key = ObjectKey.parse(listed.key());
    return key.isPresent() && key.get() instanceof ObjectKey.Slot slot ? slot.first().value() : 0;
  }
}
