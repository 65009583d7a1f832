package dev.tidemark.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Short forms for tests: whole objects from LTX files, and back.
final class SampleObjects {
  static final Id128 RUN = new Id128(1, 2);
  static final Id128 DATABASE = new Id128(3, 4);

  private SampleObjects() {}

  static ObjectIdentity identity(ObjectKind kind, Position start, int pageSize) {
    return new ObjectIdentity(
        kind, RUN, DATABASE, new PageSize(pageSize), start.txid().next(), start.checksum());
  }

  static FileRow row(byte[] file) throws IOException {
    LtxReader reader = Ltx.reader(file);
    LtxTrailer trailer = reader.finish();
    return FileRow.of(reader.header(), trailer, reader.length(), reader.pages());
  }

  static byte[] segment(Position start, int pageSize, List<byte[]> files) throws IOException {
    return object(identity(ObjectKind.SEGMENT, start, pageSize), files);
  }

  /// A merged file or a snapshot.
  static byte[] single(ObjectKind kind, byte[] file) throws IOException {
    LtxHeader header = Ltx.reader(file).header();
    return object(identity(kind, header.start(), header.pageSize().bytes()), List.of(file));
  }

  static byte[] object(ObjectIdentity identity, List<byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectWriter writer = new ObjectWriter(out, identity)) {
      for (byte[] file : files) {
        writer.copyFile(new ByteArrayInputStream(file), row(file));
      }
      writer.finish(Ltx.reader(files.getLast()).header().maxTxid());
    }
    return out.toByteArray();
  }

  /// The files of an object that is verified to its end, written again.
  static List<byte[]> read(byte[] object) throws IOException {
    return read(object, IndexFrame.decode(object, object.length));
  }

  static List<byte[]> read(byte[] object, IndexFrame index) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 2, Runnable::run)) {
      while (reader.nextFile()) {
        LtxHeader header = reader.file().header();
        Checksum after = reader.row().after();
        files.add(
            Ltx.write(header, Ltx.unfinishedPages(reader.file()), after, PageEncoding.LITERAL));
      }
      reader.finish();
    }
    return files;
  }

  static byte[] merged(List<byte[]> files) throws IOException {
    List<LtxReader> readers = new ArrayList<>();
    for (byte[] file : files) {
      readers.add(Ltx.reader(file));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LtxMerge.merge(readers, out::write, PageEncoding.LITERAL, Scratch.heap());
    return out.toByteArray();
  }

  static List<FrameRow> frames(IndexFrame index) {
    List<FrameRow> rows = new ArrayList<>();
    for (int i = 0; i < index.frameCount(); i++) {
      rows.add(index.frame(i));
    }
    return rows;
  }

  /// One data frame as it is stored.
  static byte[] packed(byte[] object, IndexFrame index, int frame) {
    int from = (int) index.frameOffset(frame);
    return Arrays.copyOfRange(object, from, from + index.frame(frame).compressedSize());
  }

  static byte[] concatenated(List<byte[]> files) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    files.forEach(all::writeBytes);
    return all.toByteArray();
  }
}
