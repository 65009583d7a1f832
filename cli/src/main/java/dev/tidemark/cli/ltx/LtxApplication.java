package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import java.io.IOException;
import java.nio.file.Path;

/// Applies LTX files to pages and holds the result to their checksums.
final class LtxApplication implements LtxInput.Visitor {
  private final Path file;
  private final PageFile pages;

  LtxApplication(Path file, PageFile pages) {
    this.file = file;
    this.pages = pages;
  }

  @Override
  public void pages(LtxReader reader) throws IOException, CommandException {
    LtxHeader header = reader.header();
    if (header.isSnapshot()) {
      pages.clear(header.pageSize());
    } else {
      pages.check(header.pageSize(), file);
      if (header.tracksChecksums() && !pages.checksum().equals(header.preApply())) {
        throw new CommandException(
            ExitCode.FENCED,
            file
                + ": transaction "
                + header.minTxid()
                + " continues from checksum "
                + header.preApply()
                + ", the database is at "
                + pages.checksum());
      }
    }
    while (reader.next()) {
      pages.write(reader.pgno(), reader.page(), reader.pageChecksum());
    }
    pages.resize(header.commit());
  }

  @Override
  public void proven(LtxReader reader, Checksum after) throws CommandException {
    if (reader.header().tracksChecksums() && !pages.checksum().equals(after)) {
      throw new CommandException(
          ExitCode.CORRUPT,
          file + ": promises checksum " + after + ", the pages give " + pages.checksum());
    }
  }
}
