package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads covers whole and tells the lookout what it found.
final class CoverCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CoverCheck.class);

  private final ObjectStore store;
  private final Id128 databaseId;
  private final Lookout lookout;
  private final ReadListener listener;

  CoverCheck(ObjectStore store, Id128 databaseId, Lookout lookout, ReadListener listener) {
    this.store = store;
    this.databaseId = databaseId;
    this.lookout = lookout;
    this.listener = listener;
  }

  /// All of them, of which nothing is known yet.
  void read(View view) throws StoreException, InterruptedException {
    for (View.Cover cover : view.covers()) {
      if (cover.finding() == View.Finding.UNKNOWN) {
        read(cover.item());
      }
    }
  }

  void read(Chain.Item item) throws StoreException, InterruptedException {
    try (ObjectScan scan =
        new ObjectScan(store, databaseId, List.of(item), ReadAhead.NONE, listener)) {
      scan.next(item);
      scan.read(ObjectVisitor.NONE);
      lookout.verified(item.key());
    } catch (DamagedLogException e) {
      LOG.warn("{}", e.getMessage());
      lookout.damaged(item.key(), e.reason());
    } catch (ObjectGoneException e) {
      lookout.gone(e.key());
    } catch (IOException e) {
      throw new IllegalStateException("nothing is visited", e);
    }
  }
}
