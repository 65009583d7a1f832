package dev.tidemark.ltx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Short forms for tests: whole files from pages, and pages from whole files.
final class Ltx {
  private Ltx() {}

  static byte[] write(
      LtxHeader header, SequencedMap<Long, byte[]> pages, Checksum after, PageEncoding encoding)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LtxWriter writer = new LtxWriter(out::write, header, encoding, Scratch.heap());
    for (var page : pages.entrySet()) {
      writer.page(page.getKey(), page.getValue(), 0);
    }
    writer.finish(after);
    return out.toByteArray();
  }

  static LtxReader reader(byte[] file) throws IOException {
    return new LtxReader(new ByteArrayInputStream(file));
  }

  /// All pages of a file, which is verified to its end.
  static SequencedMap<Long, byte[]> pages(byte[] file) throws IOException {
    return pages(reader(file));
  }

  static SequencedMap<Long, byte[]> pages(LtxReader reader) throws IOException {
    SequencedMap<Long, byte[]> pages = unfinishedPages(reader);
    reader.finish();
    return pages;
  }

  /// The pages of a file that its container finishes.
  static SequencedMap<Long, byte[]> unfinishedPages(LtxReader reader) throws IOException {
    TreeMap<Long, byte[]> pages = new TreeMap<>();
    while (reader.next()) {
      pages.put(reader.pgno(), reader.page().clone());
    }
    return pages;
  }

  static Checksum rolling(SequencedMap<Long, byte[]> pages) {
    long xor = 0;
    for (var page : pages.entrySet()) {
      xor ^= PageChecksum.of(page.getKey(), page.getValue(), 0, page.getValue().length);
    }
    return Checksum.ofXor(xor);
  }

  static byte[] filled(int size, int value) {
    byte[] page = new byte[size];
    Arrays.fill(page, (byte) value);
    return page;
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  /// Compares by content, since arrays do not.
  static boolean same(SequencedMap<Long, byte[]> a, SequencedMap<Long, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), b.get(e.getKey())));
  }
}
