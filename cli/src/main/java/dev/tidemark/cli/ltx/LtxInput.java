package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// The LTX files in a file: one, several back to back (what `zstd -d` makes of an object), or an
/// object itself.
final class LtxInput {
  private static final int ZSTD_MAGIC = 0x28B5_2FFD;

  /// Sees every LTX file of an input, in order.
  interface Visitor {
    /// May read pages of the file; need not read all.
    void pages(LtxReader reader) throws IOException, CommandException;

    /// The file has been read to its end and everything in it checked.
    void proven(LtxReader reader, Checksum after) throws IOException, CommandException;
  }

  private LtxInput() {}

  static void visit(Path file, Visitor visitor) throws IOException, CommandException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      in.mark(Integer.BYTES);
      byte[] magic = in.readNBytes(Integer.BYTES);
      in.reset();
      if (magic.length == 0) {
        throw new CorruptLtxException(0, "is empty");
      }
      if (magic.length == Integer.BYTES && java.nio.ByteBuffer.wrap(magic).getInt() == ZSTD_MAGIC) {
        visitObject(file, in, visitor);
      } else {
        visitFiles(in, visitor);
      }
    } catch (CorruptLtxException e) {
      throw new CommandException(ExitCode.CORRUPT, file + ": " + e.getMessage(), e);
    }
  }

  private static void visitFiles(InputStream in, Visitor visitor)
      throws IOException, CommandException {
    do {
      LtxReader reader = new LtxReader(in);
      visitor.pages(reader);
      visitor.proven(reader, reader.finish().postApply());
      in.mark(1);
      if (in.read() < 0) {
        return;
      }
      in.reset();
    } while (true);
  }

  private static void visitObject(Path file, InputStream in, Visitor visitor)
      throws IOException, CommandException {
    try (ObjectReader object = new ObjectReader(in, index(file), 0, Runnable::run)) {
      while (object.nextFile()) {
        visitor.pages(object.file());
        while (object.file().next()) {
          // The visitor has seen what it wanted; the rest is read for the checksums.
        }
        visitor.proven(object.file(), object.row().after());
      }
      object.finish();
    }
  }

  private static IndexFrame index(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] tail = tail(in, IndexFrame.tailBytes(in.length()));
      long need = IndexFrame.frameBytes(tail);
      return IndexFrame.decode(need > tail.length ? tail(in, need) : tail, in.length());
    }
  }

  private static byte[] tail(RandomAccessFile in, long bytes) throws IOException {
    byte[] tail = new byte[Math.toIntExact(Math.min(bytes, in.length()))];
    in.seek(in.length() - tail.length);
    in.readFully(tail);
    return tail;
  }
}
