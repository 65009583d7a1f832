package dev.tidemark.shipper;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A file of a simulated disk, whatever its name: what the running system sees, what is on the disk
/// for good, and the changes in between, any of which may be there when power comes back.
final class SimFile {
  private static final int ODDS = 4;

  private SimContent seen = SimContent.EMPTY;
  private SimContent durable = SimContent.EMPTY;
  private final List<SimChange> pending = new ArrayList<>();
  private Optional<MemorySegment> mapping = Optional.empty();

  SimContent content() {
    takeMapped();
    return seen;
  }

  SimFile copy() {
    SimFile copy = new SimFile();
    copy.seen = content();
    copy.durable = copy.seen;
    return copy;
  }

  void change(SimChange change) {
    if (mapping.isPresent()) {
      throw new IllegalStateException("a file that is mapped changes by its mapping only");
    }
    apply(change);
  }

  private void apply(SimChange change) {
    seen = change.appliedTo(seen);
    pending.add(change);
  }

  /// The first bytes of the file as memory, of which this looks at what changed when it has to.
  MemorySegment map(long bytes) {
    unmap();
    // On the heap, so that a disk can be dropped at any time; of longs, to be aligned to them.
    long[] memory = new long[Math.toIntExact((bytes + Long.BYTES - 1) / Long.BYTES)];
    MemorySegment mapped = MemorySegment.ofArray(memory).asSlice(0, bytes);
    seen.copyTo(mapped);
    mapping = Optional.of(mapped);
    return mapped;
  }

  boolean isMapped() {
    return mapping.isPresent();
  }

  /// Keeps what was stored; what is stored later goes nowhere.
  void unmap() {
    takeMapped();
    mapping = Optional.empty();
  }

  private void takeMapped() {
    if (mapping.isEmpty()) {
      return;
    }
    MemorySegment memory = mapping.get();
    for (long at = 0; at < memory.byteSize(); at += SimContent.BLOCK) {
      int count = (int) Math.min(SimContent.BLOCK, memory.byteSize() - at);
      if (!seen.hasBlock(memory, at, count)) {
        apply(new SimChange.Write(at, memory.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE)));
      }
    }
  }

  /// All that is seen is durable, but for what an earlier sync that failed has dropped.
  void sync() {
    takeMapped();
    for (SimChange change : pending) {
      durable = change.appliedTo(durable);
    }
    durable = durable.resized(seen.size());
    pending.clear();
  }

  /// What was written may have reached the disk or not, and no later sync tries it again.
  void failSync(RandomGenerator random) {
    takeMapped();
    durable = survivors(pending.stream().filter(SimFile::isWrite).toList(), random);
    pending.removeIf(SimFile::isWrite);
  }

  private static boolean isWrite(SimChange change) {
    return change instanceof SimChange.Write;
  }

  void losePower(RandomGenerator random) {
    takeMapped();
    mapping = Optional.empty();
    durable = survivors(pending, random);
    seen = durable;
    pending.clear();
  }

  /// Sometimes nothing survives and sometimes all of it, whatever the number of changes.
  private SimContent survivors(List<SimChange> changes, RandomGenerator random) {
    SimContent left = durable;
    int odds = random.nextInt(ODDS + 1);
    for (SimChange change : changes) {
      Optional<SimChange> survivor = Optional.empty();
      if (random.nextInt(ODDS) < odds) {
        boolean whole = odds == ODDS || random.nextInt(ODDS) > 0;
        survivor = whole ? Optional.of(change) : change.torn(random);
      }
      if (survivor.isPresent()) {
        left = survivor.get().appliedTo(left);
      }
    }
    return left;
  }
}
