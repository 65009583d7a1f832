package dev.tidemark.cli;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.Counted;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Plan;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreMeter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What lies at a URL, and what a restore of it would read.
record LogSummary(
    String url,
    Optional<Position> head,
    Optional<Instant> headTime,
    long objects,
    long bytes,
    Restoring restoring,
    Optional<MonthlyBill> bill) {
  private static final long PART_BYTES = 8 << 20;

  /// What a restore of the head would read. Requests include those that find out what to read.
  record Restoring(int objects, long bytes, long requests) {
    static Restoring of(Plan plan, long planned) {
      long requests = planned;
      for (Chain.Item item : plan.objects()) {
        // A large one comes in parts, behind a look at its index frame.
        long parts = (item.size() + PART_BYTES - 1) / PART_BYTES;
        requests += parts > 1 ? parts + 1 : 1;
      }
      return new Restoring(plan.objects().size(), plan.bytes(), requests);
    }
  }

  /// `meter` counts what the store is asked. With prices, a bill is estimated too.
  static LogSummary read(ObjectStore store, StoreMeter meter, String url, Optional<Prices> prices)
      throws StoreException,
          DamagedLogException,
          PositionNotFoundException,
          CommandException,
          InterruptedException {
    Chain chain = chain(store, url);
    long objects = 0;
    long bytes = 0;
    for (Iterable<Chain.Item> items : List.of(chain.slots(), chain.covers(), chain.below())) {
      for (Chain.Item item : items) {
        objects++;
        bytes += item.size();
      }
    }
    Optional<IndexFrame> last = chain.lastSegment(store);
    Restoring restoring = new Restoring(0, 0, 0);
    if (last.isPresent()) {
      Plan plan =
          new Planner(chain, ContentsLookup.of(store, chain.database().databaseId()))
              .provenPlan(new RestoreTarget.Latest());
      restoring = Restoring.of(plan, meter.requests());
    }
    long all = bytes;
    return new LogSummary(
        url,
        last.map(IndexFrame::end),
        last.map(LogSummary::time),
        objects,
        bytes,
        restoring,
        prices.map(list -> MonthlyBill.of(chain, all, list, Instant.now())));
  }

  /// The log at a URL; a place without one is "not found".
  static Chain chain(ObjectStore store, String url)
      throws StoreException, DamagedLogException, CommandException, InterruptedException {
    return Chain.read(store, Chain.REQUESTS)
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
    Json json = new Json();
    json.text("url", url)
        .text("head", head)
        .text("head_time", headTime)
        .number("objects", objects)
        .number("bytes", bytes)
        .number("restore_objects", restoring.objects())
        .number("restore_bytes", restoring.bytes())
        .number("restore_requests", restoring.requests());
    bill.ifPresent(it -> json.object("cost", it.json()));
    return json;
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("url        " + url);
    lines.add("head       " + head.map(Position::toString).orElse("none yet"));
    lines.add("time       " + headTime.map(Instant::toString).orElse("none yet"));
    lines.add("objects    %d, %d bytes".formatted(objects, bytes));
    lines.add(
        "restore    reads %s, %s, with %s"
            .formatted(
                Counted.of(restoring.objects(), "object"),
                Counted.of(restoring.bytes(), "byte"),
                Counted.of(restoring.requests(), "request")));
    bill.ifPresent(it -> lines.addAll(it.lines()));
    return String.join(System.lineSeparator(), lines);
  }
}
