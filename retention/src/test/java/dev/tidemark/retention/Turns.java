package dev.tidemark.retention;

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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Lets several threads send requests one at a time, some of one, then some of another, as the
/// generator says; whenever the turn changes, the world may change too.
final class Turns {
  /// What else happens between two requests.
  interface World {
    void change() throws Exception;
  }

  private static final int SHORT = 4;
  private static final int LONG = 120;

  private final Random random;
  private final World world;
  private final boolean[] isDone;
  private int turn;
  private int left;

  Turns(Random random, int actors, World world) {
    this.random = random;
    this.world = world;
    this.isDone = new boolean[actors];
    this.turn = random.nextInt(actors);
    this.left = length();
  }

  private int length() {
    return 1 + random.nextInt(random.nextBoolean() ? SHORT : LONG);
  }

  /// This thread has ended, well or not.
  synchronized void done(int actor) {
    isDone[actor] = true;
    if (turn == actor) {
      next();
    }
  }

  private void next() {
    left = length();
    int from = random.nextInt(isDone.length);
    for (int i = 0; i < isDone.length; i++) {
      int other = (from + i) % isDone.length;
      if (!isDone[other]) {
        turn = other;
      }
    }
    notifyAll();
  }

  private interface Request<T> {
    T send() throws StoreException, InterruptedException;
  }

  private synchronized <T> T take(int actor, Request<T> request)
      throws StoreException, InterruptedException {
    while (turn != actor) {
      wait();
    }
    T answer = request.send();
    if (--left <= 0) {
      try {
        world.change();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      next();
    }
    return answer;
  }

  /// The store as one of the threads sees it.
  ObjectStore of(int actor, ObjectStore store) {
    return new PassingStore(store) {
      @Override
      public PutOutcome putIfAbsent(String key, Body body)
          throws StoreException, InterruptedException {
        return take(actor, () -> super.putIfAbsent(key, body));
      }

      @Override
      public void put(String key, Body body) throws StoreException, InterruptedException {
        take(
            actor,
            () -> {
              super.put(key, body);
              return key;
            });
      }

      @Override
      public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
        return take(actor, () -> super.get(key));
      }

      @Override
      public Optional<Slice> get(String key, ByteRange range)
          throws StoreException, InterruptedException {
        return take(actor, () -> super.get(key, range));
      }

      @Override
      public ListPage list(String prefix, String after)
          throws StoreException, InterruptedException {
        return take(actor, () -> super.list(prefix, after));
      }

      @Override
      public List<DeleteRefusal> deleteAll(Collection<String> keys)
          throws StoreException, InterruptedException {
        return take(actor, () -> super.deleteAll(keys));
      }
    };
  }
}
