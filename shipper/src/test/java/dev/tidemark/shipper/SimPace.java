package dev.tidemark.shipper;

import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// How a simulated process makes its requests.
///
/// @param ordered whether it makes one at a time, on whatever thread, so that the order of all of
///   them follows from the seed, and each may have bad luck
/// @param rests before which requests, and before which answers, others may run
record SimPace(boolean ordered, Predicate<SimStore.Request> rests) {
  /// What is listed in each look; the replicas are what comes after the pins.
  private static final Set<String> LANDMARKS = Set.of("log/", "pins/", "replicas/");

  static final SimPace EACH = new SimPace(false, _ -> true);

  /// One at a time, and others may run around each.
  static final SimPace ONE_AT_A_TIME = new SimPace(true, _ -> true);

  /// One at a time. Others may run around each change of the bucket, where somebody begins to look
  /// at it, and before and after he reads the pins.
  static final SimPace AT_LANDMARKS =
      new SimPace(true, request -> isChange(request) || isLandmark(request));

  /// One at a time. Others may run around each change of the bucket, and at one of so many reads.
  static SimPace atSomeReads(int oneOf, RandomGenerator random) {
    return new SimPace(true, request -> isChange(request) || random.nextInt(oneOf) == 0);
  }

  /// The same, but the process is killed at its n-th request or answer.
  SimPace killedAt(int n) {
    int[] left = {n};
    return new SimPace(
        ordered,
        request -> {
          if (--left[0] == 0) {
            request.by().kill();
          }
          return rests.test(request);
        });
  }

  private static boolean isChange(SimStore.Request request) {
    return request.op() == SimStore.Op.PUT || request.op() == SimStore.Op.DELETE;
  }

  private static boolean isLandmark(SimStore.Request request) {
    return !request.answered() && LANDMARKS.contains(request.key());
  }
}
