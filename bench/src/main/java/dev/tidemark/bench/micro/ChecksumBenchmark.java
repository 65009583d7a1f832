package dev.tidemark.bench.micro;

import dev.tidemark.ltx.Crc64;
import dev.tidemark.sqlite.WalChecksum;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One page of 4 096 bytes through each checksum.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChecksumBenchmark {
  private static final int FRAME_HEADER_BYTES = 24;

  private final byte[] page = new Pages().page(0);
  private final byte[] frame = new byte[FRAME_HEADER_BYTES + Pages.BYTES];

  /// CRC-64 of LTX.
  @Benchmark
  public long crc64() {
    return Crc64.update(0, page, 0, page.length);
  }

  /// SQLite's own, of a WAL frame.
  @Benchmark
  public long wal() {
    return WalChecksum.frame(0, frame, 0, Pages.BYTES, ByteOrder.LITTLE_ENDIAN);
  }
}
