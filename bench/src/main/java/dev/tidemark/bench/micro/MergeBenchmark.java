package dev.tidemark.bench.micro;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.tidemark.ltx.Crc64;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.retention.MergeJob;
import dev.tidemark.retention.MergeLimits;
import dev.tidemark.retention.MergedObject;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ReadListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Merges, in MiB of pages read per second ("ops" are MiB), and the limit of each: inflating the
/// same inputs, their CRC, and deflating the same output, with nothing around it.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@OperationsPerInvocation(MergeLog.MIB)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class MergeBenchmark {
  private static final int CUT = 256 << 10;

  private final MergeLog log = new MergeLog();
  private List<Chain.Item> covers = List.of();
  private List<Chain.Item> segment = List.of();
  private byte[] merged = {};
  private Path scratch = Path.of("");

  /// Stores the inputs.
  @Setup
  public void store() throws Exception {
    scratch = Files.createTempDirectory("tidemark-bench");
    covers = log.covers();
    segment = log.segment();
    try (MergedObject object = job().merge(MergeJob.SNAPSHOT_LEVEL, covers);
        InputStream in = object.body().open()) {
      merged = contents(in.readAllBytes());
    }
  }

  /// Removes the scratch folder, which is empty.
  @TearDown
  public void remove() throws IOException {
    Files.delete(scratch);
  }

  /// A snapshot and eight merged files, side by side.
  @Benchmark
  public long covers() throws Exception {
    return merge(covers);
  }

  /// A snapshot and a segment of eight transactions, which are sorted first.
  @Benchmark
  public long segment() throws Exception {
    return merge(segment);
  }

  @Benchmark
  public long coversLimit() {
    return limit(covers);
  }

  @Benchmark
  public long segmentLimit() {
    return limit(segment);
  }

  private MergeJob job() {
    return new MergeJob(
        log.store, MergeLog.DATABASE, scratch, MergeLimits.DEFAULT, ReadListener.NONE);
  }

  private long merge(List<Chain.Item> inputs) throws Exception {
    try (MergedObject object = job().merge(MergeJob.SNAPSHOT_LEVEL, inputs)) {
      return object.size();
    }
  }

  private long limit(List<Chain.Item> inputs) {
    long crc = 0;
    for (Chain.Item item : inputs) {
      byte[] content = contents(log.store.bytes(item.key().text()));
      crc ^= Crc64.update(0, content, 0, content.length);
    }
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(3).setChecksum(true).setContentSize(true);
      byte[] packed = new byte[2 * CUT];
      for (int from = 0; from < merged.length; from += CUT) {
        int count = Math.min(CUT, merged.length - from);
        crc += context.compressByteArray(packed, 0, packed.length, merged, from, count);
      }
    }
    return crc;
  }

  private static byte[] contents(byte[] object) {
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      IndexFrame index = IndexFrame.decode(object, object.length);
      long length = 0;
      for (int i = 0; i < index.frameCount(); i++) {
        length += index.frame(i).decompressedSize();
      }
      byte[] contents = new byte[Math.toIntExact(length)];
      int at = 0;
      int from = 0;
      for (int i = 0; i < index.frameCount(); i++) {
        int packed = index.frame(i).compressedSize();
        int size = index.frame(i).decompressedSize();
        at += context.decompressByteArray(contents, at, size, object, from, packed);
        from += packed;
      }
      return contents;
    } catch (IOException e) {
      throw new IllegalStateException("the objects are sound", e);
    }
  }
}
