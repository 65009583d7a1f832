package dev.tidemark.store.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// An empty store for each test, what is in it, and many who use it at the same moment.
public abstract class StoreUnderTest {
  /// Set before each test.
  protected ObjectStore store;

  /// A store with nothing in it that can be written to.
  protected abstract ObjectStore emptyStore() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = emptyStore();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /// Every key with this prefix, over all pages.
  protected final List<String> keys(String prefix) throws Exception {
    return after(prefix, "");
  }

  final List<String> after(String prefix, String start) throws Exception {
    List<String> keys = new ArrayList<>();
    ListPage page = store.list(prefix, start);
    page.objects().forEach(object -> keys.add(object.key()));
    while (page.more()) {
      page = store.list(prefix, keys.getLast());
      page.objects().forEach(object -> keys.add(object.key()));
    }
    return keys;
  }

  protected final byte[] bytes(String key)
      throws StoreException, InterruptedException, IOException {
    try (StoredObject object = store.get(key).orElseThrow()) {
      byte[] bytes = object.content().readAllBytes();
      assertThat(object.size()).isEqualTo(bytes.length);
      return bytes;
    }
  }

  /// An attempt numbered from 0.
  protected interface Attempt<T> {
    T run(int number) throws Exception;
  }

  /// Runs all attempts at the same moment, each on a thread.
  protected static <T> List<T> atOnce(int threads, Attempt<T> attempt) throws Exception {
    var barrier = new CyclicBarrier(threads);
    List<Future<T>> running = new ArrayList<>();
    List<T> results = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        int number = i;
        running.add(
            executor.submit(() -> {
              barrier.await();
              return attempt.run(number);
            }));
      }
      for (Future<T> future : running) {
        results.add(future.get());
      }
    }
    return results;
  }
}
