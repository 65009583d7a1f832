package dev.tidemark.cli;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Plan;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.util.Optional;

/// What lies at a URL, and what a restore of it would read.
record LogSummary(
    String url,
    Optional<Position> head,
    Optional<Instant> headTime,
    long objects,
    long bytes,
    int restoreObjects) {

  static LogSummary read(ObjectStore store, String url)
      throws StoreException,
          DamagedLogException,
          PositionNotFoundException,
          CommandException,
          InterruptedException {
    Chain chain = chain(store, url);
    long objects = 0;
    long bytes = 0;
    for (Iterable<Chain.Item> items :
        java.util.List.of(chain.slots(), chain.covers(), chain.below())) {
      for (Chain.Item item : items) {
        objects++;
        bytes += item.size();
      }
    }
    Optional<IndexFrame> last = chain.lastSegment(store);
    int restoreObjects = 0;
    if (last.isPresent()) {
      Plan plan =
          new Planner(chain, ContentsLookup.of(store, chain.database().databaseId()))
              .provenPlan(new RestoreTarget.Latest());
      restoreObjects = plan.objects().size();
    }
    return new LogSummary(
        url, last.map(IndexFrame::end), last.map(LogSummary::time), objects, bytes, restoreObjects);
  }

  /// The log at a URL; a place without one is "not found".
  static Chain chain(ObjectStore store, String url)
      throws StoreException, DamagedLogException, CommandException, InterruptedException {
    return Chain.read(store)
        .orElseThrow(() ->
            new CommandException(
                ExitCode.NOT_FOUND,
                "no backup at "
                    + url
                    + "; check the URL, or start one with 'tidemark replicate DB URL'"));
  }

  private static Instant time(IndexFrame index) {
    FileRow last = index.file(index.fileCount() - 1);
    return Instant.ofEpochMilli(last.timestampMillis());
  }

  Json json() {
    return new Json()
        .text("url", url)
        .text("head", head)
        .text("head_time", headTime)
        .number("objects", objects)
        .number("bytes", bytes)
        .number("restore_objects", restoreObjects);
  }

  String text() {
    return "url        %s%nhead       %s%ntime       %s%nobjects    %d, %d bytes%nrestore    reads %d objects"
        .formatted(
            url,
            head.map(Position::toString).orElse("none yet"),
            headTime.map(Instant::toString).orElse("none yet"),
            objects,
            bytes,
            restoreObjects);
  }
}
