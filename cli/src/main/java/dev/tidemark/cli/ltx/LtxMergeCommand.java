package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.LtxMerge;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.Scratch;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ltx merge`: contiguous LTX files as one.
@Command(
    name = "merge",
    description = {"Merge LTX files of contiguous transactions, given in any order, into one.", ""})
final class LtxMergeCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "LTX files, one transaction range each.")
  List<Path> files;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The LTX file to write.")
  Path output;

  @Option(names = "--force", description = "Replace the LTX file if it exists.")
  boolean force;

  @Override
  public Integer call() throws IOException, CommandException {
    List<InputStream> streams = new ArrayList<>();
    try (TargetFile target = TargetFile.create(output, force);
        Scratch index = Scratch.heap()) {
      TargetFile.Writer out = target.writer();
      LtxMerge.merge(open(streams), out, PageEncoding.LZ4, index);
      out.out().flush();
      for (InputStream stream : streams) {
        if (stream.read() >= 0) {
          throw new CommandException(
              ExitCode.USAGE, "a file holds more than one LTX file; merge takes one per file");
        }
      }
      target.commit();
    } catch (CorruptLtxException e) {
      throw new CommandException(
          ExitCode.CORRUPT,
          "cannot merge: " + e.getMessage() + "; 'ltx verify' checks each file",
          e);
    } finally {
      for (InputStream stream : streams) {
        stream.close();
      }
    }
    return ExitCode.DONE.status();
  }

  private List<LtxReader> open(List<InputStream> streams) throws IOException, CommandException {
    List<LtxReader> readers = new ArrayList<>();
    for (Path file : files) {
      InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      streams.add(stream);
      try {
        readers.add(new LtxReader(stream));
      } catch (CorruptLtxException e) {
        throw new CommandException(ExitCode.CORRUPT, file + ": " + e.getMessage(), e);
      }
    }
    readers.sort(Comparator.comparing(reader -> reader.header().minTxid()));
    return readers;
  }
}
