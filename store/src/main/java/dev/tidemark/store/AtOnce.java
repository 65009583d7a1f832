package dev.tidemark.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes some requests at once, each on a thread of its own; a single one on the caller's. So
/// whoever never makes two at once has all of them in his own order.
final class AtOnce {
  interface Request<T> {
    T send() throws StoreException, DamagedLogException, InterruptedException;
  }

  private AtOnce() {}

  /// The answers, in the order of the requests. The first failure in that order is thrown, and what
  /// is still under way behind it is ended.
  static <T> List<T> answers(List<Request<T>> requests)
      throws StoreException, DamagedLogException, InterruptedException {
    if (requests.size() == 1) {
      return List.of(requests.getFirst().send());
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<T>> sent = new ArrayList<>();
      for (Request<T> request : requests) {
        sent.add(threads.submit(() -> request.send()));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : sent) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreException failed -> throw failed;
        case DamagedLogException damaged -> throw damaged;
        case InterruptedException interrupted -> throw interrupted;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }
}
