package dev.tidemark.shipper;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What was done to a file, and may or may not reach the disk.
sealed interface SimChange {
  int SECTOR = 512;

  SimContent appliedTo(SimContent content);

  /// What a power loss leaves of this if it strikes in the middle.
  Optional<SimChange> torn(RandomGenerator random);

  /// Bytes that were written at an offset.
  final class Write implements SimChange {
    private final long offset;
    private final byte[] bytes;

    /// Keeps the array.
    Write(long offset, byte[] bytes) {
      this.offset = offset;
      this.bytes = bytes;
    }

    @Override
    public SimContent appliedTo(SimContent content) {
      return content.written(offset, bytes, 0, bytes.length);
    }

    /// What lies before, or behind, the border of a sector.
    @Override
    public Optional<SimChange> torn(RandomGenerator random) {
      int first = (int) (SECTOR - offset % SECTOR);
      if (first >= bytes.length) {
        return Optional.empty();
      }
      int borders = (bytes.length - first + SECTOR - 1) / SECTOR;
      int border = first + random.nextInt(borders) * SECTOR;
      return Optional.of(
          random.nextBoolean()
              ? new Write(offset + border, Arrays.copyOfRange(bytes, border, bytes.length))
              : new Write(offset, Arrays.copyOf(bytes, border)));
    }
  }

  /// The file was cut, or grown by zeros.
  record Resize(long size) implements SimChange {
    @Override
    public SimContent appliedTo(SimContent content) {
      return content.resized(size);
    }

    @Override
    public Optional<SimChange> torn(RandomGenerator random) {
      return Optional.empty();
    }
  }
}
