package dev.tidemark.cli.kill;

import com.github.luben.zstd.ZstdInputStream;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.Position;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/// A restore without any cleverness: every LTX file of the log, one after the other, applied to the
/// same array of bytes. It shares nothing with the planner or the reader of states.
final class LogWalk {
  /// A transaction of the log, and the database after it. `isCommit`: the application's own.
  record State(Position position, boolean isCommit, String sha256) {}

  private final List<State> states = new ArrayList<>();
  private Position at = Position.START;
  private int pageSize;
  private byte[] image = {};

  private final LongPredicate digested;

  private LogWalk(LongPredicate digested) {
    this.digested = digested;
  }

  static List<State> states(Path bucket) throws IOException {
    return states(bucket, _ -> true);
  }

  /// With digests only where they are wanted, by the number of the transaction; elsewhere they are
  /// empty.
  static List<State> states(Path bucket, LongPredicate digested) throws IOException {
    LogWalk walk = new LogWalk(digested);
    if (!Files.exists(bucket.resolve("log"))) {
      return walk.states;
    }
    try (Stream<Path> files = Files.list(bucket.resolve("log"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".zst")).sorted().toList()) {
        walk.object(file);
      }
    }
    return walk.states;
  }

  private void object(Path file) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        PushbackInputStream ltx = new PushbackInputStream(new ZstdInputStream(raw))) {
      for (int first = ltx.read(); first >= 0; first = ltx.read()) {
        ltx.unread(first);
        apply(new LtxReader(ltx));
      }
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private void apply(LtxReader file) throws IOException {
    LtxHeader header = file.header();
    if (!header.start().equals(at)) {
      throw new IOException(header + " does not continue " + at);
    }
    if (header.pageSize().bytes() != pageSize) {
      pageSize = header.pageSize().bytes();
      image = new byte[0];
    }
    int length = Math.toIntExact(header.commit() * pageSize);
    if (length != image.length) {
      image = Arrays.copyOf(image, length);
    }
    while (file.next()) {
      System.arraycopy(
          file.page(), 0, image, Math.toIntExact((file.pgno() - 1) * pageSize), pageSize);
    }
    at = new Position(header.maxTxid(), file.finish().postApply());
    String digest = digested.test(at.txid().value()) ? sha256(image) : "";
    states.add(new State(at, header.walOffset() > 0, digest));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
