package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that ends at any request, before or after its effect, and a run after it.
class MaintainerCrashTest {
  private static final MaintainOptions OPTIONS =
      MaintainRig.eager("transactions=90m,hourly=4h,daily=2d");

  @TempDir Path scratch;

  private enum Effect {
    NONE,
    SOME,
    ALL
  }

  /// From the n-th request on nothing comes back.
  private static final class Crashing extends PassingStore {
    private final AtomicInteger left;
    private final Effect effect;

    Crashing(ObjectStore store, int good, Effect effect) {
      super(store);
      this.left = new AtomicInteger(good);
      this.effect = effect;
    }

    /// Whether this is the request in which it happens.
    private boolean happens() throws StoreException {
      int before = left.getAndDecrement();
      if (before < 0 || (before == 0 && effect == Effect.NONE)) {
        throw crash();
      }
      return before == 0;
    }

    private static StoreException crash() {
      return new StoreException(StoreException.Kind.UNAVAILABLE, "crash (injected)");
    }

    @Override
    public PutOutcome putIfAbsent(String key, Body body)
        throws StoreException, InterruptedException {
      boolean crashes = happens();
      PutOutcome outcome = super.putIfAbsent(key, body);
      if (crashes) {
        throw crash();
      }
      return outcome;
    }

    @Override
    public void put(String key, Body body) throws StoreException, InterruptedException {
      boolean crashes = happens();
      super.put(key, body);
      if (crashes) {
        throw crash();
      }
    }

    @Override
    public List<DeleteRefusal> deleteAll(Collection<String> keys)
        throws StoreException, InterruptedException {
      boolean crashes = happens();
      if (crashes) {
        super.deleteAll(effect == Effect.ALL ? keys : keys.stream().skip(keys.size() / 2).toList());
        throw crash();
      }
      return super.deleteAll(keys);
    }

    private void read() throws StoreException {
      if (happens()) {
        throw crash();
      }
    }

    @Override
    public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
      read();
      return super.get(key);
    }

    @Override
    public Optional<Slice> get(String key, ByteRange range)
        throws StoreException, InterruptedException {
      read();
      return super.get(key, range);
    }

    @Override
    public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
      read();
      return super.list(prefix, after);
    }
  }

  @Test
  void aRunAfterACrashAtAnyRequestEndsInTheSameBucket() throws Exception {
    MaintainRig rig = new MaintainRig(4, scratch);
    for (int i = 0; i < 6; i++) {
      rig.ship(2, Duration.ofMinutes(40));
      rig.run(MaintainRig.snapshots(OPTIONS, Duration.ofHours(3)));
    }
    rig.ship(6, Duration.ofMinutes(25));
    rig.pin("p", rig.shipped() - 3);
    MemoryStore before = rig.store.copy();
    MemoryStore whole = before.copy();
    rig.run(new WatchedStore(whole, MaintainRig.DATABASE), OPTIONS);
    assertThat(whole.objects().keySet()).isNotEqualTo(before.objects().keySet());
    int crashes = 0;
    for (Effect effect : Effect.values()) {
      boolean isCrashed = true;
      for (int n = 0; isCrashed; n++) {
        MemoryStore store = before.copy();
        isCrashed = crashes(rig, new Crashing(store, n, effect));
        crashes++;
        rig.run(new WatchedStore(store, MaintainRig.DATABASE), OPTIONS);
        assertThat(text(store)).as("%s, request %d", effect, n).isEqualTo(text(whole));
      }
    }
    assertThat(crashes).isGreaterThan(300);
    rig.store.objects().clear();
    rig.store.objects().putAll(whole.objects());
    rig.assertRestores(rig.promised(OPTIONS));
  }

  private static boolean crashes(MaintainRig rig, ObjectStore store) throws Exception {
    try {
      rig.run(new WatchedStore(store, MaintainRig.DATABASE), OPTIONS);
      return false;
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("crash");
      return true;
    }
  }

  private static Map<String, String> text(MemoryStore store) {
    Map<String, String> text = new TreeMap<>();
    store
        .objects()
        .forEach((key, bytes) -> text.put(key, new String(bytes, StandardCharsets.ISO_8859_1)));
    return text;
  }
}
