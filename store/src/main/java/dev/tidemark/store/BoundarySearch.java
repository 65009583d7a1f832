package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the last boundary record, with at most so many requests at once.
///
/// Records are contiguous and never deleted, so that presence is monotone in the number: steps that
/// double find an absent one, dividing what is between finds the last present one. One absent
/// record is proof enough, whatever is stored meanwhile: the one before it was the last, after the
/// search began.
record BoundarySearch(ObjectStore store, Id128 databaseId, int requests) {
  /// The last number of a boundary record.
  private static final long NUMBER_MAX = Integer.MAX_VALUE;

  /// From a known record onward. Empty: there is nothing newer, which costs one request.
  Optional<BoundaryRecord> after(int known)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<BoundaryRecord> last = Records.boundary(store, known + 1, databaseId);
    if (last.isEmpty()) {
      return last;
    }
    long present = known + 1L;
    long absent = NUMBER_MAX + 1;
    while (absent - present > 1) {
      boolean isAbsentKnown = absent <= NUMBER_MAX;
      List<Integer> numbers =
          isAbsentKnown ? dividing(present, absent) : doubling(present, present - known);
      List<Optional<BoundaryRecord>> found = records(numbers);
      for (int i = 0; i < numbers.size() && absent > numbers.get(i); i++) {
        if (found.get(i).isPresent()) {
          last = found.get(i);
          present = numbers.get(i);
        } else {
          absent = numbers.get(i);
        }
      }
    }
    return last;
  }

  private List<Optional<BoundaryRecord>> records(List<Integer> numbers)
      throws StoreException, DamagedLogException, InterruptedException {
    List<AtOnce.Request<Optional<BoundaryRecord>>> asked = new ArrayList<>();
    numbers.forEach(number -> asked.add(() -> Records.boundary(store, number, databaseId)));
    return AtOnce.answers(asked);
  }

  /// Numbers after a present one, each step twice the one before it.
  private List<Integer> doubling(long present, long first) {
    List<Integer> numbers = new ArrayList<>();
    long at = present;
    long step = first;
    long next = next(at, step);
    while (numbers.size() < requests && next > at) {
      numbers.add(Math.toIntExact(next));
      at = next;
      step = Math.min(2 * step, NUMBER_MAX);
      next = next(at, step);
    }
    return numbers;
  }

  private static long next(long at, long step) {
    return Math.min(at + step, (at + NUMBER_MAX + 1) / 2);
  }

  /// Numbers between a present and an absent one, that cut it into parts of about one size.
  private List<Integer> dividing(long present, long absent) {
    long parts = Math.min(requests, absent - present - 1) + 1;
    List<Integer> numbers = new ArrayList<>();
    for (long i = 1; i < parts; i++) {
      numbers.add(Math.toIntExact(present + (absent - present) * i / parts));
    }
    return numbers;
  }
}
