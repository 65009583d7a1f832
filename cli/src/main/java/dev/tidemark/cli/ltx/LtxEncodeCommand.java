package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ltx encode`: a database file as an LTX snapshot.
@Command(
    name = "encode",
    description = {
      "Write a database file, without its WAL, as the LTX snapshot of transaction 1.",
      ""
    })
final class LtxEncodeCommand implements Callable<Integer> {
  private static final Txid FIRST = new Txid(1);

  @Parameters(paramLabel = "DB", description = "The database file.")
  Path database;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The LTX file to write.")
  Path output;

  @Option(names = "--force", description = "Replace the LTX file if it exists.")
  boolean force;

  private final InstantSource clock = InstantSource.system();

  @Override
  public Integer call() throws IOException, CommandException {
    DatabaseFile.noteWal(database);
    try (DatabaseFile file = DatabaseFile.open(database);
        TargetFile target = TargetFile.create(output, force)) {
      encode(file, target);
      target.commit();
    }
    return ExitCode.DONE.status();
  }

  private void encode(DatabaseFile file, TargetFile target) throws IOException, CommandException {
    PageSize size = file.pageSize();
    long pages = file.pages();
    LtxHeader header =
        new LtxHeader(0, size, pages, FIRST, FIRST, clock.millis(), Checksum.NONE, 0, 0, 0, 0, 0);
    TargetFile.Writer out = target.writer();
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LZ4, index);
      byte[] page = new byte[size.bytes()];
      for (long pgno = 1; pgno <= pages; pgno++) {
        if (!size.isLockPage(pgno)) {
          file.read(pgno, page);
          writer.page(pgno, page, 0);
        }
      }
      writer.finish(file.checksum());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.FAILED, database + ": changed while it was read; stop what writes to it", e);
    }
    out.out().flush();
  }
}
