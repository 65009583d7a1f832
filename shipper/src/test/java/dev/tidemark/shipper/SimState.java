package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageChecksum;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// A state that a simulated database was committed in. Pages are shared between states and never
/// written to.
///
/// @param number in the order of the commits of this machine, from 1
/// @param checksum as positions have it
/// @param salts and `frame`: where in the log its last frame lies; 0 if it was not written to a log
record SimState(
    long number, int pageSize, List<byte[]> pages, Checksum checksum, long salts, long frame) {
  SimState {
    pages = List.copyOf(pages);
  }

  static Checksum checksumOf(List<byte[]> pages) {
    long xor = 0;
    for (int i = 0; i < pages.size(); i++) {
      xor ^= PageChecksum.of(i + 1L, pages.get(i), 0, pages.get(i).length);
    }
    return Checksum.ofXor(xor);
  }

  byte[] image() {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    pages.forEach(image::writeBytes);
    return image.toByteArray();
  }

  @Override
  public String toString() {
    return "%d, %s, %d pages".formatted(number, checksum, pages.size());
  }
}
