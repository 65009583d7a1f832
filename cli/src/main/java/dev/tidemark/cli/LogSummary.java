package dev.tidemark.cli;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Contents;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.Counted;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PinRecords;
import dev.tidemark.store.Plan;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
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
    Optional<Instant> since,
    PinRecords pins,
    Optional<MonthlyBill> bill) {
  private static final long PART_BYTES = 8 << 20;
  private static final int NAMES_MAX = 10;

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

  /// `meter` counts what the store is asked. With terms, a bill is estimated too.
  static LogSummary read(
      ObjectStore store, StoreMeter meter, String url, Optional<MonthlyBill.Terms> terms)
      throws StoreException,
          DamagedLogException,
          PositionNotFoundException,
          CommandException,
          InterruptedException {
    Chain chain = chain(store, url);
    List<Chain.Item> objects = objects(chain);
    long bytes = objects.stream().mapToLong(Chain.Item::size).sum();
    Optional<IndexFrame> last = chain.lastSegment(store);
    ContentsLookup lookup = ContentsLookup.of(store, chain.database().databaseId());
    Restoring restoring = new Restoring(0, 0, 0);
    Optional<Instant> since = Optional.empty();
    Growth growth = Growth.NONE;
    if (last.isPresent()) {
      Plan plan = new Planner(chain, lookup).provenPlan(new RestoreTarget.Latest());
      restoring = Restoring.of(plan, meter.requests());
      since = since(chain, lookup);
      growth = terms.isPresent() ? Growth.of(chain, last.get(), lookup) : growth;
    }
    PinRecords pins = Records.allPins(store, chain.database().databaseId());
    Optional<MonthlyBill> bill = Optional.empty();
    if (terms.isPresent()) {
      int pinned = pins.readable().size() + pins.unreadable().size();
      bill = Optional.of(MonthlyBill.of(chain, bytes, pinned, growth, terms.get()));
    }
    return new LogSummary(
        url,
        last.map(IndexFrame::end),
        last.map(LogSummary::time),
        objects.size(),
        bytes,
        restoring,
        since,
        pins,
        bill);
  }

  private static List<Chain.Item> objects(Chain chain) {
    List<Chain.Item> objects = new ArrayList<>(chain.slots());
    objects.addAll(chain.covers());
    objects.addAll(chain.below());
    return objects;
  }

  /// When the head was where the boundary is now; without a boundary, when the log began. One small
  /// read, unless it was read before.
  private static Optional<Instant> since(Chain chain, ContentsLookup lookup)
      throws StoreException, InterruptedException {
    for (Chain.Item cover : chain.covers()) {
      Position end =
          switch (cover.key()) {
            case ObjectKey.Merged merged -> merged.end();
            case ObjectKey.Snapshot snapshot -> snapshot.position();
            case ObjectKey.Slot slot -> slot.start();
          };
      Optional<Contents> contents =
          end.equals(chain.start()) ? contents(cover, lookup) : Optional.empty();
      if (contents.isPresent()) {
        return contents.map(it -> time(it.file(it.fileCount() - 1)));
      }
    }
    return contents(chain.slots().getFirst(), lookup).map(it -> time(it.file(0)));
  }

  /// What cannot be read tells no time; what is wrong with it is for `verify` to say.
  private static Optional<Contents> contents(Chain.Item item, ContentsLookup lookup)
      throws StoreException, InterruptedException {
    try {
      return lookup.contents(item);
    } catch (DamagedLogException _) {
      return Optional.empty();
    }
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
    return time(index.file(index.fileCount() - 1));
  }

  private static Instant time(FileRow file) {
    return Instant.ofEpochMilli(file.timestampMillis());
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
        .number("restore_requests", restoring.requests())
        .text("every_transaction_since", since)
        .texts("pins", pins.readable().stream().map(PinRecord::name).toList())
        .texts(
            "unreadable_pins",
            pins.unreadable().stream().map(PinRecords.Unreadable::name).toList());
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
    lines.add("since      " + since.map(it -> it + " every transaction").orElse(unknown()));
    lines.add("pins       " + pinned());
    bill.ifPresent(it -> lines.addAll(it.lines()));
    return String.join(System.lineSeparator(), lines);
  }

  private String unknown() {
    return head.isEmpty() ? "none yet" : "not known: verify";
  }

  private String pinned() {
    List<RecordName> names = pins.readable().stream().map(PinRecord::name).toList();
    List<RecordName> unreadable =
        pins.unreadable().stream().map(PinRecords.Unreadable::name).toList();
    String text = names.isEmpty() ? "none" : names.size() + ": " + some(names);
    return unreadable.isEmpty()
        ? text
        : "%s; %d cannot be read: %s, see 'tidemark pin %s'"
            .formatted(text, unreadable.size(), some(unreadable), url);
  }

  private static String some(List<RecordName> names) {
    String some =
        String.join(", ", names.stream().limit(NAMES_MAX).map(RecordName::value).toList());
    return names.size() <= NAMES_MAX ? some : some + ", ...";
  }
}
