package dev.tidemark.bench.micro;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Four MiB of pages written to and read from an LTX file, and an object that carries it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FileBenchmark {
  private final Pages pages = new Pages();
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final ByteArrayOutputStream object = new ByteArrayOutputStream();
  private @Nullable IndexFrame index;

  /// Writes what is read later.
  @Setup
  public void write() throws IOException {
    pages.writeFile(file::write);
    index = pages.writeSnapshot(object);
  }

  @Benchmark
  public FileRow writeFile() throws IOException {
    return pages.writeFile((_, _, _) -> {});
  }

  @Benchmark
  public long readFile() throws IOException {
    LtxReader reader = new LtxReader(new ByteArrayInputStream(file.toByteArray()));
    reader.finish();
    return reader.length();
  }

  @Benchmark
  public IndexFrame writeObject() throws IOException {
    return pages.writeSnapshot(OutputStream.nullOutputStream());
  }

  @Benchmark
  public IndexFrame readObject() throws IOException {
    IndexFrame written = Objects.requireNonNull(index);
    try (ObjectReader reader =
        new ObjectReader(
            new ByteArrayInputStream(object.toByteArray()), written, 1, Runnable::run)) {
      reader.finish();
    }
    return written;
  }
}
