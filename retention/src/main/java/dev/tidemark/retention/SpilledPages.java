package dev.tidemark.retention;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.SortedPages;
import java.io.IOException;

/// The pages of a scratch file. Damage to it is the local disk's, and no damage to what is stored.
final class SpilledPages implements SortedPages {
  private final LtxReader reader;

  SpilledPages(ScratchFile file) throws IOException {
    try {
      reader = new LtxReader(file.input());
    } catch (CorruptLtxException e) {
      throw damaged(e);
    }
  }

  @Override
  public LtxHeader header() {
    return reader.header();
  }

  @Override
  public boolean next() throws IOException {
    try {
      return reader.next();
    } catch (CorruptLtxException e) {
      throw damaged(e);
    }
  }

  @Override
  public long pgno() {
    return reader.pgno();
  }

  @Override
  public byte[] page() {
    return reader.page();
  }

  @Override
  public long pageCrc() {
    return reader.pageCrc();
  }

  @Override
  public Checksum after() throws IOException {
    try {
      return reader.after();
    } catch (CorruptLtxException e) {
      throw damaged(e);
    }
  }

  private static IOException damaged(CorruptLtxException e) {
    return new IOException("a file reads other bytes than were written: " + e.getMessage(), e);
  }
}
