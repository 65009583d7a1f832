package dev.tidemark.restore;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The pins as they were before the log was listed, so that what they keep must be in that listing.
final class Pins {
  private static final String FOLDER = "pins/";
  private static final Pattern KEY = Pattern.compile("pins/([a-z0-9][a-z0-9._-]{0,62})\\.json");
  private static final String NEWER = "newer version";

  private final ObjectStore store;
  private final Map<RecordName, PinRecord> pins = new LinkedHashMap<>();
  private final Map<RecordName, String> unreadable = new LinkedHashMap<>();

  private Pins(ObjectStore store) {
    this.store = store;
  }

  static Pins read(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    Pins pins = new Pins(store);
    Optional<DatabaseRecord> database = Records.database(store);
    if (database.isPresent()) {
      pins.readAll(database.get().databaseId());
    }
    return pins;
  }

  private void readAll(Id128 databaseId) throws StoreException, InterruptedException {
    String after = "";
    for (boolean isMore = true; isMore; ) {
      ListPage page = store.list(FOLDER, after);
      for (Listed listed : page.objects()) {
        after = listed.key();
        Matcher key = KEY.matcher(after);
        if (key.matches()) {
          read(new RecordName(key.group(1)), databaseId);
        }
      }
      isMore = page.more() && !page.objects().isEmpty();
    }
  }

  private void read(RecordName name, Id128 databaseId) throws StoreException, InterruptedException {
    try {
      Records.pin(store, name, databaseId).ifPresent(pin -> pins.put(name, pin));
    } catch (DamagedLogException e) {
      unreadable.put(name, e.reason());
    }
  }

  /// The transactions that are pinned.
  Set<Txid> txids() {
    return pins.values().stream().map(pin -> pin.position().txid()).collect(Collectors.toSet());
  }

  /// Tells which of them keep nothing.
  void tell(Chain chain, Reach reach, Losses losses, VerifyReport report)
      throws StoreException, InterruptedException {
    unreadable.forEach(
        (name, reason) -> report.problem(name.pinKey(), reason + next(name, reason)));
    for (PinRecord pin : pins.values()) {
      if (!reach.contains(pin.position()) && isStill(pin)) {
        report.lost(
            pin.name().pinKey(),
            problem(pin.position(), chain.start(), losses),
            pin.position().toString());
      }
    }
  }

  private static String next(RecordName name, String reason) {
    return reason.contains(NEWER)
        ? ""
        : "; nobody knows what it is to keep: tidemark pin URL --remove %s, then set it anew"
            .formatted(name);
  }

  /// Whoever lets go of a pin may find its position gone soon after.
  private boolean isStill(PinRecord pin) throws StoreException, InterruptedException {
    try {
      return Records.pin(store, pin.name(), pin.databaseId()).equals(Optional.of(pin));
    } catch (DamagedLogException _) {
      return false;
    }
  }

  /// Below the boundary nobody knows which transactions there were.
  private static String problem(Position pinned, Position boundary, Losses losses) {
    boolean isBelow = pinned.txid().compareTo(boundary.txid()) < 0;
    return isBelow || pinned.equals(boundary) || losses.has(pinned.txid())
        ? "nothing that is stored leads to " + pinned + " any more"
        : "no transaction of the log ends at " + pinned;
  }
}
