package dev.tidemark.retention;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxMerge;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.SortedPages;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All that is to be merged into one, oldest first, however much it is. When there are too many
/// sources to read side by side, neighbours are merged into a file on the local disk, those first
/// that are cheapest; so a large snapshot is gone through once. The number of local files is
/// bounded: they are merged as they come.
final class MergeSources implements AutoCloseable {
  private final InputLog log;
  private final Path folder;
  private final MergeLimits limits;
  private final List<MergeSource> sources = new ArrayList<>();

  MergeSources(InputLog log, Path folder, MergeLimits limits) {
    this.log = log;
    this.folder = folder;
    this.limits = limits;
  }

  void add(MergeSource source)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    sources.add(source);
    if (sources.size() >= 2 * limits.fanIn()) {
      reduce();
    }
  }

  /// Writes pages that cannot wait to the local disk.
  void addSpilled(SortedPages pages)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    ScratchFile file = ScratchFile.in(folder);
    sources.add(new MergeSource.Spilled(file));
    try (SpilledIndex index = SpilledIndex.in(folder)) {
      LtxMerge.merge(List.of(pages), file::append, PageEncoding.LITERAL, index);
    }
    file.seal();
    if (sources.size() >= 2 * limits.fanIn()) {
      reduce();
    }
  }

  /// Merges all of it. When this returns, all that was read is proven. `isWhole`: to all pages of a
  /// database, as if nothing had been before.
  FileRow merge(LtxOutput out, boolean isWhole)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    reduce();
    return merge(sources, out, isWhole);
  }

  private FileRow merge(List<MergeSource> inputs, LtxOutput out, boolean isWhole)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    try (OpenSources open = new OpenSources(log);
        SpilledIndex index = SpilledIndex.in(folder)) {
      open.open(inputs, limits);
      List<SortedPages> pages = new ArrayList<>(open.pages());
      if (isWhole) {
        pages.set(0, new WholePages(pages.getFirst()));
      }
      FileRow row = LtxMerge.merge(pages, out, PageEncoding.LITERAL, index);
      open.finish();
      return row;
    }
  }

  /// Until all that is left can be read side by side.
  private void reduce()
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    while (sources.size() > limits.fanIn()) {
      int count = Math.min(limits.fanIn(), sources.size() - limits.fanIn() + 1);
      List<MergeSource> neighbours = cheapest(count);
      ScratchFile file = ScratchFile.in(folder);
      try {
        merge(neighbours, file::append, false);
        file.seal();
      } catch (Throwable e) {
        file.close();
        throw e;
      }
      close(neighbours);
      neighbours.clear();
      neighbours.add(new MergeSource.Spilled(file));
    }
  }

  /// The `count` neighbours with the fewest bytes; a view.
  private List<MergeSource> cheapest(int count) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int from = 0; from + count <= sources.size(); from++) {
      long length = 0;
      for (MergeSource source : sources.subList(from, from + count)) {
        length += source.length();
      }
      if (length < least) {
        least = length;
        best = from;
      }
    }
    return sources.subList(best, best + count);
  }

  private static void close(List<MergeSource> sources) throws IOException {
    for (MergeSource source : sources) {
      if (source instanceof MergeSource.Spilled(ScratchFile file)) {
        file.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    close(sources);
  }
}
