package dev.tidemark.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// Hands inputs to a target, each as it is and once more with its checksums mended.
public final class Attack {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget target;

  public Attack(FuzzTarget target) {
    this.target = target;
  }

  /// A number of mutations of the corpus, drawn from a seed. A failure names the seed and carries
  /// the input.
  public void run(long seed, int rounds) {
    for (byte[] sound : target.corpus()) {
      with(sound);
    }
    Mutations mutations = new Mutations(target.corpus(), new SplittableRandom(seed));
    for (int round = 0; round < rounds; round++) {
      byte[] input = mutations.next();
      try {
        with(input);
      } catch (Defect e) {
        throw new AssertionError("seed %d, round %d".formatted(seed, round), e);
      }
    }
  }

  /// One input.
  public void with(byte[] input) {
    parse(input);
    byte[] mended = target.mend().apply(input);
    if (!Arrays.equals(mended, input)) {
      parse(mended);
    }
  }

  private void parse(byte[] input) {
    byte[] copy = input.clone();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      target.parser().parse(copy);
    } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
      throw new Defect(target, input, String.valueOf(e), Optional.of(e));
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > target.allocationMax()) {
      throw new Defect(
          target,
          input,
          "allocates %d bytes, %d are allowed".formatted(allocated, target.allocationMax()),
          Optional.empty());
    }
  }
}
