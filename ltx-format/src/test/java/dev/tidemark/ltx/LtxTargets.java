package dev.tidemark.ltx;

import com.github.luben.zstd.Zstd;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/// The parsers of LTX files, objects and texts.
public final class LtxTargets {
  private static final long SEED = 3;
  private static final Checksum CHECKSUM = new Checksum(Checksum.FLAG | 5);

  /// Two frames of 8 MiB, packed and not, and as much again where one grows into the other.
  private static final long OBJECT_MAX = 64 << 20;

  private LtxTargets() {}

  public static List<FuzzTarget> all() throws IOException {
    List<byte[]> files = files();
    List<byte[]> objects = objects();
    List<byte[]> opened = new ArrayList<>();
    for (byte[] object : objects) {
      opened.add(OpenObject.open(object));
    }
    return List.of(
        FuzzTarget.of("ltx", files, LtxTargets::ltx).mending(MendedLtx::of),
        FuzzTarget.of("ltx-merge", List.of(merge()), LtxTargets::merge)
            .mending(LtxTargets::mendMerge),
        FuzzTarget.of("ltx-copy", files, LtxTargets::copy).mending(MendedLtx::of),
        FuzzTarget.of("object", objects, LtxTargets::object).allocating(OBJECT_MAX),
        FuzzTarget.of("object-opened", opened, input -> object(OpenObject.close(input)))
            .allocating(OBJECT_MAX),
        FuzzTarget.of("object-header", objects, LtxTargets::header),
        FuzzTarget.of("zstd", zstd(), LtxTargets::zstd).allocating(OBJECT_MAX),
        text("txid", Txid::parse, "00000000000000ff", "7fffffffffffffff"),
        text("checksum", Checksum::parse, "ad2dffe333333333"),
        text("position", Position::parse, "00000000000000ff/ad2dffe333333333"),
        text("id", Id128::parse, "00112233445566778899aabbccddeeff"));
  }

  private static void ltx(byte[] input) throws IOException {
    try {
      LtxReader reader = Ltx.reader(input);
      while (reader.next()) {
        reader.page();
      }
      LtxTrailer trailer = reader.finish();
      if (!Arrays.equals(reader.header().encode(), 0, 80, input, 0, 80)) {
        throw new AssertionError("the header is not what was read: " + reader.header());
      }
      new LtxTrailer(trailer.postApply(), trailer.fileChecksum());
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  private static void copy(byte[] input) throws IOException {
    try {
      new LtxCopy().copy(new ByteArrayInputStream(input), input.length, (_, _, _) -> {});
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  private static void merge(byte[] input) throws IOException {
    try {
      List<LtxReader> readers = new ArrayList<>();
      for (byte[] file : parts(input)) {
        readers.add(Ltx.reader(file));
      }
      if (!readers.isEmpty()) {
        LtxMerge.merge(readers, (_, _, _) -> {}, PageEncoding.LITERAL, Scratch.heap());
      }
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  private static void object(byte[] input) throws IOException {
    try {
      if (IndexFrame.frameBytes(input) > input.length) {
        return;
      }
      IndexFrame index = IndexFrame.decode(input, input.length);
      index.start();
      index.end();
      if (index.identity().kind() != ObjectKind.SEGMENT) {
        pages(input);
      }
      try (ObjectReader reader =
          new ObjectReader(new ByteArrayInputStream(input), index, 1, Runnable::run)) {
        reader.finish();
      }
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  private static void pages(byte[] object) throws IOException {
    PageReader reader = PageReader.open(new HeapObject(object));
    for (long pgno : new long[] {1, 2, 7, 0xffff_ffffL}) {
      try {
        reader.page(pgno);
      } catch (CorruptLtxException _) {
        // Refused; the rest of the object is another reader's.
      }
    }
  }

  private static void header(byte[] input) throws IOException {
    try {
      DataFrame.header(input);
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  /// The first three bytes are the size that a row would state.
  private static void zstd(byte[] input) {
    if (input.length < Integer.BYTES) {
      return;
    }
    int size = Math.min(ZstdFrames.CONTENT_MAX, Bytes.getInt(input, 0) >>> 8);
    byte[] frame = Arrays.copyOfRange(input, 3, input.length);
    try (ZstdFrames frames = new ZstdFrames()) {
      frames.decode(frame, size, 0);
    } catch (CorruptLtxException _) {
      // Refused.
    }
  }

  private static FuzzTarget text(String name, Function<String, Object> parse, String... sound) {
    return FuzzTarget.text(
        name,
        text -> {
          Object value = parse.apply(text);
          if (!parse.apply(value.toString()).equals(value)) {
            throw new AssertionError("reads back as another value: " + value);
          }
        },
        sound);
  }

  private static List<byte[]> files() throws IOException {
    History history = new History(new Random(SEED));
    List<byte[]> files = new ArrayList<>();
    files.add(history.commit(2, 1, 2));
    files.add(history.commit(3, 1, 3));
    byte[] page = Ltx.filled(512, 7);
    LtxHeader header = Ltx.reader(GoldenFileTest.INCREMENTAL).header();
    header =
        LtxHeader.plain(
            new PageSize(512), 9, header.minTxid(), header.maxTxid(), 1, header.preApply());
    for (PageEncoding encoding : PageEncoding.values()) {
      files.add(Ltx.write(header, new TreeMap<>(Map.of(2L, page)), CHECKSUM, encoding));
    }
    for (int flags : new int[] {0x40, 0x64, 0x7c}) {
      byte[] stored = LtxReaderTest.frame(flags, 0x40, page, true);
      byte[] packed = LtxReaderTest.frame(flags, 0x40, page, false);
      files.add(
          RawLtx.with(header)
              .framePage(1, stored, page)
              .framePage(2, packed, page)
              .postApply(CHECKSUM.value())
              .bytes());
    }
    files.add(GoldenFileTest.INCREMENTAL);
    return files;
  }

  private static List<byte[]> objects() throws IOException {
    History history = new History(new Random(SEED));
    List<byte[]> files = List.of(history.commit(2, 1, 2), history.commit(3, 1, 3));
    byte[] merged = SampleObjects.merged(files);
    byte[] snapshot = ObjectRoundTripTest.snapshot(512, 3);
    return List.of(
        GoldenObjectTest.resource("segment-v1.hex"),
        SampleObjects.segment(Position.START, 512, files),
        SampleObjects.single(ObjectKind.MERGED, merged),
        SampleObjects.single(ObjectKind.SNAPSHOT, snapshot));
  }

  private static List<byte[]> zstd() throws IOException {
    byte[] object = objects().getFirst();
    IndexFrame index = IndexFrame.decode(object, object.length);
    List<byte[]> frames = new ArrayList<>();
    frames.add(sized(index.frame(0).decompressedSize(), SampleObjects.packed(object, index, 0)));
    frames.add(sized(100_000, Zstd.compress(new byte[100_000])));
    return frames;
  }

  private static byte[] sized(int size, byte[] frame) {
    byte[] input = new byte[3 + frame.length];
    Bytes.putInt(input, 0, size << 8);
    System.arraycopy(frame, 0, input, 3, frame.length);
    return input;
  }

  /// Files for a merge, each behind its length in four bytes.
  private static byte[] merge() throws IOException {
    History history = new History(new Random(SEED));
    return joined(
        List.of(history.commit(2, 1, 2), history.commit(4, 1, 3, 4), history.commit(3, 2)));
  }

  private static byte[] mendMerge(byte[] input) {
    return joined(parts(input).stream().map(MendedLtx::of).toList());
  }

  private static byte[] joined(List<byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] file : files) {
      byte[] length = new byte[Integer.BYTES];
      Bytes.putInt(length, 0, file.length);
      out.writeBytes(length);
      out.writeBytes(file);
    }
    return out.toByteArray();
  }

  private static List<byte[]> parts(byte[] input) {
    List<byte[]> parts = new ArrayList<>();
    int at = 0;
    while (at + Integer.BYTES <= input.length) {
      long length = Bytes.getUnsigned(input, at);
      int from = at + Integer.BYTES;
      at = from + (int) Math.min(length, input.length - from);
      parts.add(Arrays.copyOfRange(input, from, at));
    }
    return parts;
  }
}
