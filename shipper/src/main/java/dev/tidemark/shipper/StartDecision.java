package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.util.Optional;
import java.util.function.Predicate;

/// What a writer may do with the log that it finds at its start.
sealed interface StartDecision {
  /// There is no log: create one and ship the database as transaction 1.
  record Create() implements StartDecision {}

  /// The head is a position on our record: ship the rest of the spool, then what differs.
  record Continue(Position head) implements StartDecision {}

  /// Nothing here vouches for the head: go on only if the database itself equals it.
  record Compare(Position head) implements StartDecision {}

  /// A person said to continue this head with this database.
  record TakeOver(Position head) implements StartDecision {}

  /// Not without a person's word.
  record Refuse(String reason) implements StartDecision {}

  /// What the bucket holds: whose log, and its head.
  record Remote(Id128 databaseId, Position head) {}

  /// `local` is this machine's record, `onRecord` whether a position is the last stored or a
  /// spooled one.
  static StartDecision of(
      Optional<LocalRecord> local,
      Predicate<Position> onRecord,
      Optional<Remote> remote,
      Optional<Position> takeOver) {
    if (remote.isEmpty()) {
      return local.isEmpty() || local.get().stored().equals(Position.START)
          ? new Create()
          : new Refuse(
              "the log is gone: this machine stored up to %s, and there is nothing; put it back or"
                      .formatted(local.get().stored())
                  + " correct the URL; to begin a new log there, move the state folder away");
    }
    Position head = remote.get().head();
    boolean foreign =
        local.isPresent() && !local.get().databaseId().equals(remote.get().databaseId());
    if (takeOver.isPresent()) {
      if (!takeOver.get().equals(head)) {
        return new Refuse(
            "--take-over=%s is not the head; the head is %s".formatted(takeOver.get(), head));
      }
      return !foreign && local.isPresent() && onRecord.test(head)
          ? new Continue(head)
          : new TakeOver(head);
    }
    if (foreign) {
      return new Refuse(
          "the log there belongs to database %s, the state here to %s; correct the URL"
              .formatted(remote.get().databaseId(), local.get().databaseId()));
    }
    if (local.isPresent() && onRecord.test(head)) {
      return new Continue(head);
    }
    return head.equals(Position.START) && local.isEmpty() ? new Create() : new Compare(head);
  }
}
