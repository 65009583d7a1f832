package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Json;
import dev.tidemark.cli.JsonOption;
import dev.tidemark.cli.Output;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ltx dump`: what is in LTX files.
@Command(
    name = "dump",
    description = {"Show header, pages and trailer of LTX files.", ""})
final class LtxDumpCommand implements Callable<Integer> {
  private static final int ROW = 16;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "LTX files or objects.")
  List<Path> files;

  @Option(names = "--hex", description = "Show the bytes of each page as well.")
  boolean hex;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws IOException, CommandException {
    try (Output output = new Output()) {
      for (Path file : files) {
        LtxInput.visit(
            file, json.enabled() ? new JsonDump(file, output) : new TextDump(file, output));
      }
      output.release();
    }
    return ExitCode.DONE.status();
  }

  private record JsonDump(Path file, Output output) implements LtxInput.Visitor {
    @Override
    public void pages(LtxReader reader) {}

    @Override
    public void proven(LtxReader reader, Checksum after) throws IOException {
      LtxHeader header = reader.header();
      output.line(
          new Json()
              .text("file", file)
              .number("flags", header.flags())
              .number("page_size", header.pageSize().bytes())
              .number("commit", header.commit())
              .text("min_txid", header.minTxid())
              .text("max_txid", header.maxTxid())
              .text("timestamp", Instant.ofEpochMilli(header.timestampMillis()))
              .text("pre_apply", header.preApply())
              .text("post_apply", after)
              .number("wal_offset", header.walOffset())
              .number("wal_size", header.walSize())
              .text("wal_salt", salts(header))
              .text("node_id", HexFormat.of().toHexDigits(header.nodeId()))
              .number("pages", reader.pages())
              .number("bytes", reader.length()));
    }
  }

  private final class TextDump implements LtxInput.Visitor {
    private final Path file;
    private final Output output;

    TextDump(Path file, Output output) {
      this.file = file;
      this.output = output;
    }

    @Override
    public void pages(LtxReader reader) throws IOException {
      LtxHeader header = reader.header();
      output.line("file         " + file);
      output.line("flags        " + header.flags());
      output.line("page size    " + header.pageSize().bytes());
      output.line("commit       " + header.commit() + " pages");
      output.line("min txid     " + header.minTxid() + " (" + header.minTxid().value() + ")");
      output.line("max txid     " + header.maxTxid() + " (" + header.maxTxid().value() + ")");
      output.line("timestamp    " + Instant.ofEpochMilli(header.timestampMillis()));
      output.line("pre-apply    " + header.preApply());
      output.line("wal offset   " + header.walOffset());
      output.line("wal size     " + header.walSize());
      output.line("wal salt     " + salts(header));
      output.line("node id      " + HexFormat.of().toHexDigits(header.nodeId()));
      output.line("");
      while (reader.next()) {
        output.line("page %10d  %016x".formatted(reader.pgno(), reader.pageChecksum()));
        if (hex) {
          bytes(reader.page());
        }
      }
    }

    @Override
    public void proven(LtxReader reader, Checksum after) throws IOException {
      output.line("");
      output.line("post-apply   " + after);
      output.line("pages        " + reader.pages());
      output.line("bytes        " + reader.length());
      output.line("");
    }

    private void bytes(byte[] page) throws IOException {
      for (int at = 0; at < page.length; at += ROW) {
        String row = HexFormat.ofDelimiter(" ").formatHex(page, at, at + ROW);
        output.line("  %05x  %s".formatted(at, row));
      }
    }
  }

  private static String salts(LtxHeader header) {
    return HexFormat.of().toHexDigits(header.walSalt1())
        + "-"
        + HexFormat.of().toHexDigits(header.walSalt2());
  }
}
