package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Contents;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.Lookahead;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at the bucket, in the order that [View] asks for, and remembers from look to look what
/// cannot change: what the index frames say, and what was found in objects that were read whole.
/// For one thread, and one run.
final class Lookout implements ObjectFacts {
  /// What an index frame says. It counts only for an object of this size.
  private record Known(long size, Position start, Position end, Instant time) {}

  private static final String GONE = "was listed and is gone";
  private static final int GONE_MAX = 3;
  private static final int LOOKS_MAX = 3;

  private final ObjectStore store;
  private final InstantSource clock;
  private final int requests;
  private final Duration grace;
  private final Boundaries boundaries;
  private final Map<ObjectKey, Known> known = new HashMap<>();
  private final Map<ObjectKey, View.Finding> findings = new HashMap<>();
  private final Map<ObjectKey, String> damage = new HashMap<>();
  private final Map<ObjectKey, Integer> gone = new HashMap<>();
  private final Set<ObjectKey> pageSizeChanges = new HashSet<>();
  private Optional<ContentsLookup> lookup = Optional.empty();

  /// `requests`: how many requests are made at once.
  Lookout(ObjectStore store, InstantSource clock, int requests, Duration grace) {
    this.store = store;
    this.clock = clock;
    this.requests = requests;
    this.grace = grace;
    this.boundaries = new Boundaries(store);
  }

  /// The identity of the log.
  Id128 databaseId()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Optional<DatabaseRecord> database = Records.database(store);
    return database.isPresent() ? database.get().databaseId() : chain().database().databaseId();
  }

  private Chain chain()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Optional<Chain> chain = Chain.read(store, requests, boundaries.last());
    if (chain.isEmpty()) {
      throw new PositionNotFoundException(
          "there is no backup: no " + DatabaseRecord.KEY + " and no segment");
    }
    boundaries.seen(chain.get().boundary());
    return chain.get();
  }

  /// The last boundary record, read now.
  Optional<BoundaryRecord> boundary(Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return boundaries.current(databaseId);
  }

  private Optional<View.Boundary> boundary(Chain chain)
      throws StoreException, DamagedLogException, InterruptedException {
    if (chain.boundary().isEmpty()) {
      return Optional.empty();
    }
    BoundaryRecord last = chain.boundary().get();
    Position settled = boundaries.at(last, clock.instant().minus(grace));
    return Optional.of(new View.Boundary(last.number(), last.position(), last.created(), settled));
  }

  View look()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Chain chain = standing();
    Id128 databaseId = chain.database().databaseId();
    List<View.Pin> pins =
        Records.pins(store, databaseId).stream()
            .map(pin -> new View.Pin(pin.name().value(), pin.position()))
            .toList();
    Instant now = clock.instant();
    List<View.Replica> replicas =
        Records.replicas(store, databaseId).stream()
            .filter(replica -> replica.expiresAt().isAfter(now))
            .map(it -> new View.Replica(it.id().value(), it.position(), it.appliedAt()))
            .toList();
    return new View(
        boundary(chain),
        segments(chain.slots()),
        segments(chain.below()),
        covers(chain.covers()),
        pins,
        replicas,
        head(chain));
  }

  /// A listing of which nothing went before its index frame was read. While the boundary moves,
  /// other maintainers may always be faster; otherwise a few looks show that something is missing.
  private Chain standing()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Chain chain = chain();
    for (int looks = 1; !isStanding(chain) && looks < LOOKS_MAX; looks++) {
      Chain next = chain();
      if (number(next) > number(chain)) {
        looks = 0;
      }
      chain = next;
    }
    return chain;
  }

  private static int number(Chain chain) {
    return chain.boundary().map(BoundaryRecord::number).orElse(0);
  }

  /// Reads the index frames of the covers and of some segments, the last one among them; false if
  /// one is gone.
  private boolean isStanding(Chain chain) throws StoreException, InterruptedException {
    if (lookup.isEmpty()) {
      lookup = Optional.of(ContentsLookup.of(store, chain.database().databaseId()));
    }
    List<Chain.Item> asked = new ArrayList<>(chain.covers());
    if (!chain.slots().isEmpty()) {
      asked.add(chain.slots().getLast());
    }
    asked.addAll(EarlyEnds.of(chain));
    learn(asked);
    return asked.stream()
        .allMatch(item -> known(item).isPresent() || finding(item.key()) == View.Finding.DAMAGED);
  }

  /// The same view, with what was learned since then of the segments above the boundary.
  View refreshed(View view) {
    return view.withSegments(segments(view.above().stream().map(View.Segment::item).toList()));
  }

  private List<View.Segment> segments(List<Chain.Item> slots) {
    List<View.Segment> segments = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      Chain.Item item = slots.get(i);
      ObjectKey.Slot slot = (ObjectKey.Slot) item.key();
      Optional<Known> facts = known(item);
      Optional<Position> end = facts.map(Known::end);
      if (end.isEmpty() && i + 1 < slots.size()) {
        end = Optional.of(((ObjectKey.Slot) slots.get(i + 1).key()).start());
      }
      segments.add(
          new View.Segment(
              item,
              slot.start(),
              end,
              facts.map(Known::time),
              item.storedAt(),
              finding(item.key())));
    }
    return segments;
  }

  private List<View.Cover> covers(List<Chain.Item> items) {
    List<View.Cover> covers = new ArrayList<>();
    for (Chain.Item item : items) {
      Optional<Known> facts = known(item);
      covers.add(
          new View.Cover(
              item,
              facts.map(Known::start),
              facts.map(Known::time),
              item.storedAt(),
              finding(item.key())));
    }
    return covers;
  }

  private Optional<View.Head> head(Chain chain) {
    return chain.slots().isEmpty()
        ? Optional.empty()
        : known(chain.slots().getLast()).map(facts -> new View.Head(facts.end(), facts.time()));
  }

  private View.Finding finding(ObjectKey key) {
    return findings.getOrDefault(key, View.Finding.UNKNOWN);
  }

  private Optional<Known> known(Chain.Item item) {
    return Optional.ofNullable(known.get(item.key())).filter(it -> it.size() == item.size());
  }

  /// Reads the index frames of these objects that are not known yet, some at once. One that is gone
  /// stays unknown, and one that is damaged is known to be.
  void learn(List<Chain.Item> items) throws StoreException, InterruptedException {
    List<Chain.Item> unknown =
        items.stream()
            .filter(item -> known(item).isEmpty() && finding(item.key()) != View.Finding.DAMAGED)
            .toList();
    try (Lookahead ahead = new Lookahead(lookup.orElseThrow(), unknown, requests)) {
      for (Chain.Item item : unknown) {
        try {
          ahead.contents(item).ifPresent(contents -> remember(item, contents));
        } catch (DamagedLogException e) {
          damaged(item.key(), e.reason());
        }
      }
    }
  }

  private Known remember(Chain.Item item, Contents contents) {
    Known facts =
        new Known(
            item.size(),
            contents.start(),
            contents.end(),
            Instant.ofEpochMilli(contents.file(contents.fileCount() - 1).timestampMillis()));
    known.put(item.key(), facts);
    return facts;
  }

  /// Where an object ends, as far as its index frame was read.
  Optional<Position> end(Chain.Item item) {
    return known(item).map(Known::end);
  }

  @Override
  public Instant time(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Known> facts = known(item);
    if (facts.isPresent()) {
      return facts.get().time();
    }
    try {
      Optional<Contents> contents = lookup.orElseThrow().contents(item);
      if (contents.isPresent()) {
        return remember(item, contents.get()).time();
      }
    } catch (DamagedLogException e) {
      damaged(item.key(), e.reason());
      throw e;
    }
    gone(item.key());
    throw new DamagedLogException(item.key().text(), GONE);
  }

  /// Whether a merge that reached across it said so.
  @Override
  public boolean changesPageSize(Chain.Item item) {
    return pageSizeChanges.contains(item.key());
  }

  /// False if that was known.
  boolean pageSizeChanges(ObjectKey key) {
    return pageSizeChanges.add(key);
  }

  /// It was read whole, or made and read back, and is sound.
  void verified(ObjectKey key) {
    findings.put(key, View.Finding.VERIFIED);
    damage.remove(key);
  }

  void damaged(ObjectKey key, String reason) {
    findings.put(key, View.Finding.DAMAGED);
    damage.put(key, reason);
  }

  /// It was listed, and was not there. Another maintainer may have deleted it meanwhile, which the
  /// next look shows; what goes on being listed without being there is damage.
  void gone(ObjectKey key) {
    if (gone.merge(key, 1, Integer::sum) >= GONE_MAX) {
      damaged(key, GONE);
    }
  }

  /// What was found to be damaged, and not mended since.
  Map<ObjectKey, String> damage() {
    return Map.copyOf(damage);
  }
}
