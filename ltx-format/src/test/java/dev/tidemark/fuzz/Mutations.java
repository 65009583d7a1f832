package dev.tidemark.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Damaged copies of sound inputs: flipped bits, numbers at the edges of their range, cuts, zeros,
/// doubled and exchanged pieces, halves of two inputs put together.
final class Mutations {
  private static final int STEPS_MAX = 4;

  /// What lengths and counts are compared with, or overflow at.
  private static final long[] EDGES = {
    0,
    1,
    -1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000L,
    0xffff_ffffL,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String MARKS = "\0\n\r\t \"'\\{}[]:,/-.%&=#?*$0129aefzZ~\u007f\u00ff";

  private final List<byte[]> corpus;
  private final RandomGenerator random;

  Mutations(List<byte[]> corpus, RandomGenerator random) {
    this.corpus = corpus;
    this.random = random;
  }

  byte[] next() {
    byte[] bytes = any().clone();
    int steps = 1 + random.nextInt(STEPS_MAX);
    for (int i = 0; i < steps; i++) {
      bytes = step(bytes);
    }
    return bytes;
  }

  private byte[] any() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  private byte[] step(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
    switch (random.nextInt(10)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> bytes[at] = (byte) MARKS.charAt(random.nextInt(MARKS.length()));
      case 3, 4 -> number(bytes, at);
      case 5 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0 : -1));
      case 6 -> {
        return random.nextBoolean() ? Arrays.copyOf(bytes, at) : without(bytes, at, length);
      }
      case 7 -> {
        return splice(bytes, at, bytes, at, length);
      }
      case 8 -> {
        byte[] other = any();
        int from = random.nextInt(Math.max(1, other.length));
        return splice(bytes, at, other, from, Math.min(length, other.length - from));
      }
      default -> {
        byte[] other = any();
        int from = Math.min(at, other.length);
        return splice(Arrays.copyOf(bytes, at), at, other, from, other.length - from);
      }
    }
    return bytes;
  }

  /// Puts an edge, or a neighbour of what is there, into a number of any width and order. Fields
  /// begin at even offsets more often than not.
  private void number(byte[] bytes, int anywhere) {
    int at = random.nextInt(4) == 0 ? anywhere : anywhere & ~3;
    int width = 1 << random.nextInt(4);
    if (at + width > bytes.length) {
      return;
    }
    ByteOrder order = random.nextInt(3) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer field = ByteBuffer.wrap(bytes).order(order);
    long edge = EDGES[random.nextInt(EDGES.length)];
    int step = random.nextInt(5) - 2;
    boolean near = random.nextBoolean();
    switch (width) {
      case 1 -> bytes[at] += (byte) step;
      case 2 -> field.putShort(at, (short) (near ? field.getShort(at) + step : edge));
      case 4 -> field.putInt(at, (int) (near ? field.getInt(at) + step : edge));
      default -> field.putLong(at, near ? field.getLong(at) + step : edge);
    }
  }

  private static byte[] without(byte[] bytes, int at, int length) {
    byte[] rest = Arrays.copyOf(bytes, bytes.length - length);
    System.arraycopy(bytes, at + length, rest, at, rest.length - at);
    return rest;
  }

  /// Inserts a piece of one array into another.
  private static byte[] splice(byte[] bytes, int at, byte[] other, int from, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.write(other, from, length);
    out.write(bytes, at, bytes.length - at);
    return out.toByteArray();
  }
}
