package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The start of a writer: what this machine knows, what the bucket holds, and whether they belong
/// together. Blocks; run it where waiting is cheap.
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private final DatabaseConfig config;
  private final Context context;
  private final LocalState local;
  private final Consumer<String> waiting;
  private Optional<Source> source = Optional.empty();
  // The identity that an earlier start meant to give to the log.
  private Optional<Id128> intended = Optional.empty();

  /// `waiting` hears what is being waited for.
  Opening(DatabaseConfig config, Context context, StateFiles files, Consumer<String> waiting) {
    this.config = config;
    this.context = context;
    this.local = new LocalState(config, context, files);
    this.waiting = waiting;
  }

  /// The local state, if there is one. If its page-checksum table fits the end of its spool, it can
  /// go on capturing whether or not the bucket can be reached.
  Optional<LocalState.Opened> local() throws IOException, DamagedLogException {
    Optional<LocalState.Opened> opened = local.open();
    if (opened.isPresent() && !opened.get().isBegun()) {
      intended = Optional.of(opened.get().record().databaseId());
      opened.get().spool().close();
      return Optional.empty();
    }
    return opened;
  }

  /// What the bucket holds and what that means, before anything is done about it.
  record Verdict(Optional<Remote> remote, StartDecision decision) {
    /// Whether a capture from the local state may simply go on.
    boolean leavesLocalState() {
      return decision instanceof StartDecision.Create || decision instanceof StartDecision.Continue;
    }
  }

  /// Reads the bucket and decides. `onRecord`: whether a position is the last stored or a spooled
  /// one.
  Verdict look(Optional<LocalRecord> record, Predicate<Position> onRecord)
      throws StoreException, DamagedLogException, FencedException, InterruptedException {
    Optional<Remote> remote = Remote.read(config.store());
    StartDecision decision =
        StartDecision.of(
            record,
            onRecord,
            remote.map(
                there -> new StartDecision.Remote(there.database().databaseId(), there.head())),
            config.takeOver());
    LOG.debug("{}: {}", config.database(), decision);
    if (decision instanceof StartDecision.Refuse(String reason)) {
      if (remote.isEmpty()) {
        throw new StoreException(StoreException.Kind.REFUSED, config.url() + ": " + reason);
      }
      throw new FencedException(config.url() + ": " + reason);
    }
    return new Verdict(remote, decision);
  }

  /// Does what was decided, with the database at hand if need be.
  Decided carryOut(Verdict verdict, Optional<LocalState.Opened> opened)
      throws IOException,
          StoreException,
          DamagedLogException,
          FencedException,
          UnsuitableDatabaseException,
          InterruptedException {
    boolean fits = opened.isPresent() && opened.get().tableFits();
    return switch (verdict.decision()) {
      case StartDecision.Create() -> create(opened);
      case StartDecision.Continue(Position _) when fits ->
          new Decided(opened.orElseThrow(), verdict.remote().orElseThrow(), source);
      case StartDecision.Continue(Position head) ->
          rebuild(opened.orElseThrow(), head, verdict.remote().orElseThrow());
      case StartDecision.Compare(Position head) ->
          compare(head, verdict.remote().orElseThrow(), opened.map(LocalState.Opened::record));
      case StartDecision.TakeOver(Position head) -> takeOver(head, verdict.remote().orElseThrow());
      case StartDecision.Refuse(String reason) -> throw new FencedException(reason);
    };
  }

  /// A writer that may go on, and the database if it is attached already.
  record Decided(LocalState.Opened opened, Remote remote, Optional<Source> source) {}

  private Decided create(Optional<LocalState.Opened> opened)
      throws IOException,
          StoreException,
          DamagedLogException,
          UnsuitableDatabaseException,
          InterruptedException,
          FencedException {
    Id128 id = opened.isPresent() ? opened.get().record().databaseId() : intend();
    Remote remote = Remote.create(config.store(), id, context.clock().instant(), "tidemark");
    Id128 theirs = remote.database().databaseId();
    if ((!theirs.equals(id) && opened.isPresent()) || !remote.head().equals(Position.START)) {
      throw new FencedException(
          config.url() + ": another writer began this log at the same moment; start again");
    }
    if (opened.isEmpty()) {
      return new Decided(local.begin(remote, Optional.empty()), remote, source);
    }
    return opened.get().tableFits()
        ? new Decided(opened.get(), remote, source)
        : rebuild(opened.get(), Position.START, remote);
  }

  /// Attaches, and fixes the identity of a new log before it is put for the first time: a late
  /// request of an earlier start then puts the same.
  private Id128 intend() throws IOException, UnsuitableDatabaseException, InterruptedException {
    attach();
    Id128 id = intended.orElseGet(() -> Id128.random(context.random()));
    local.intend(id);
    return id;
  }

  /// The record is good, the table is not: find it from the database itself, or from the bucket and
  /// the spool.
  private Decided rebuild(LocalState.Opened damaged, Position head, Remote remote)
      throws IOException,
          StoreException,
          DamagedLogException,
          UnsuitableDatabaseException,
          InterruptedException,
          FencedException {
    LOG.info("{}: finding the page checksums again", config.database());
    tableOf(head);
    return new Decided(local.mend(damaged, remote, head), remote, source);
  }

  private Decided compare(Position head, Remote remote, Optional<LocalRecord> record)
      throws IOException, UnsuitableDatabaseException, InterruptedException, FencedException {
    Source database = attach();
    PageSize pageSize = new PageSize(database.pageSize());
    PageTable table = local.newTable();
    TableFill.Filled filled = fill(database, table, pageSize);
    if (!filled.checksum().equals(head.checksum())) {
      local.dropNewTable();
      throw new FencedException(refusal(head, filled.checksum(), record));
    }
    table.describe(
        pageSize,
        filled.image().commit(),
        head,
        filled.image().cursor(),
        FileStamp.identity(database.databaseStat()));
    return new Decided(local.begin(remote, Optional.of(table)), remote, source);
  }

  private String refusal(Position head, Checksum here, Optional<LocalRecord> record) {
    Optional<Position> stored = record.map(LocalRecord::stored);
    if (stored.isPresent() && stored.get().txid().compareTo(head.txid()) > 0) {
      return ("%s: its head %s is before %s, which this machine stored there: objects are missing,"
              + " or the store's listing is old; start again, and if it stays so, look with"
              + " tidemark verify; to continue it with this database: --take-over=%s")
          .formatted(config.url(), head, stored.get(), head);
    }
    return ("%s: its head %s is not on this machine's record, and the database here is another one"
            + " (checksum %s); to look at what is there: tidemark restore; to continue it with this"
            + " database: --take-over=%s")
        .formatted(config.url(), head, here, head);
  }

  private static TableFill.Filled fill(Source source, PageTable table, PageSize pageSize)
      throws IOException {
    try {
      return TableFill.fill(source, table, pageSize);
    } catch (LostContinuityException e) {
      throw new IOException(
          "%s cannot be read exactly: %s".formatted(source.path(), e.getMessage()), e);
    }
  }

  private Decided takeOver(Position head, Remote remote)
      throws IOException,
          StoreException,
          DamagedLogException,
          UnsuitableDatabaseException,
          InterruptedException {
    LOG.warn("{}: taking over {} at {}", config.database(), config.url(), head);
    attach();
    PageTable table = tableOf(head);
    return new Decided(local.begin(remote, Optional.of(table)), remote, source);
  }

  /// The table at a stored position, from the bucket, described and ready under its new name.
  private PageTable tableOf(Position position)
      throws IOException, StoreException, DamagedLogException, InterruptedException {
    PageTable table = local.newTable();
    table.clear();
    if (position.equals(Position.START)) {
      return table;
    }
    StateReader reader = new StateReader(config.store(), ReadAhead.NONE, ReadListener.NONE);
    try {
      StateRead read = reader.read(new RestoreTarget.AtTxid(position.txid()), new HeadTable(table));
      if (!read.position().equals(position)) {
        throw new DamagedLogException(
            config.url(), "is at " + read.position() + " where it was at " + position);
      }
      table.describe(
          read.pageSize(), read.pages(), position, CaptureCursor.NONE, FileStamp.UNKNOWN);
      return table;
    } catch (PositionNotFoundException e) {
      throw new DamagedLogException(config.url(), String.valueOf(e.getMessage()), e);
    }
  }

  private Source attach() throws IOException, UnsuitableDatabaseException, InterruptedException {
    if (source.isEmpty()) {
      source =
          Optional.of(
              new FirstAttach(config.database(), context.sources(), context.sleep(), waiting)
                  .await());
    }
    return source.get();
  }

  /// Gives back what was attached, when the start failed.
  void abandon() throws IOException {
    if (source.isPresent()) {
      source.get().close();
      source = Optional.empty();
    }
  }
}
