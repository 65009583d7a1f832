package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateRead;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.List;
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
  private final StateFiles files;
  private final Consumer<String> waiting;
  private Optional<Source> source = Optional.empty();
  // The identity that an earlier start meant to give to the log.
  private Optional<Id128> intended = Optional.empty();

  /// `waiting` hears what is being waited for.
  Opening(DatabaseConfig config, Context context, StateFiles files, Consumer<String> waiting) {
    this.config = config;
    this.context = context;
    this.files = files;
    this.waiting = waiting;
  }

  /// The local state, if there is one. If its page-checksum table fits the end of its spool, it can
  /// go on capturing whether or not the bucket can be reached.
  Optional<Opened> local() throws IOException, DamagedLogException {
    Optional<LocalRecord> record;
    try {
      record = LocalRecord.read(files);
    } catch (LocalRecord.UnreadableException e) {
      String key = config.database() + ": its state folder's " + LocalRecord.FILE;
      throw new DamagedLogException(key, String.valueOf(e.getMessage()), e);
    }
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Id128 run = Id128.random(context.random());
    Opened opened = open(record.get().withRun(run), run);
    if (!opened.isBegun()) {
      intended = Optional.of(record.get().databaseId());
      opened.spool().close();
      return Optional.empty();
    }
    return Optional.of(opened);
  }

  private Opened open(LocalRecord record, Id128 run) throws IOException {
    record.write(files);
    PageTable table = new PageTable(files, PageTable.FILE);
    Spool spool = new Spool(files, table, run, record.databaseId());
    spool.recover(record.stored());
    Optional<Position> described = table.head().map(PageTable.Head::position);
    boolean fits =
        described.isEmpty()
            ? spool.end().equals(Position.START)
            : described.get().equals(spool.end()) && table.isConsistent();
    return new Opened(record, spool, fits);
  }

  /// A local state, read. `tableFits`: its page checksums are those of its last position.
  record Opened(LocalRecord record, Spool spool, boolean tableFits) {
    /// Whether anything was ever captured.
    boolean isBegun() {
      return !spool.end().equals(Position.START);
    }
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
  Decided carryOut(Verdict verdict, Optional<Opened> opened)
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
          compare(head, verdict.remote().orElseThrow(), opened.map(Opened::record));
      case StartDecision.TakeOver(Position head) -> takeOver(head, verdict.remote().orElseThrow());
      case StartDecision.Refuse(String reason) -> throw new FencedException(reason);
    };
  }

  /// A writer that may go on, and the database if it is attached already.
  record Decided(Opened opened, Remote remote, Optional<Source> source) {}

  private Decided create(Optional<Opened> opened)
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
      return new Decided(adopt(remote, Optional.empty()), remote, source);
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
    List<Id128> runs = List.of(Id128.random(context.random()));
    new LocalRecord(id, config.url(), Position.START, 0, runs).write(files);
    return id;
  }

  /// The record is good, the table is not: find it from the database itself, or from the bucket and
  /// the spool.
  private Decided rebuild(Opened damaged, Position head, Remote remote)
      throws IOException,
          StoreException,
          DamagedLogException,
          UnsuitableDatabaseException,
          InterruptedException,
          FencedException {
    LOG.info("{}: finding the page checksums again", config.database());
    tableOf(head);
    damaged.spool().close();
    files.rename(PageTable.FILE_NEW, PageTable.FILE);
    files.syncFolder();
    Id128 run = Id128.random(context.random());
    LocalRecord record = damaged.record().withStored(head, remote.headMillis()).withRun(run);
    Opened opened = open(record, run);
    if (!opened.tableFits()) {
      throw new IOException(
          "%s: the page checksums cannot be found again; move the state directory away"
              .formatted(config.database()));
    }
    return new Decided(opened, remote, source);
  }

  private Decided compare(Position head, Remote remote, Optional<LocalRecord> local)
      throws IOException, UnsuitableDatabaseException, InterruptedException, FencedException {
    Source database = attach();
    PageSize pageSize = new PageSize(database.pageSize());
    PageTable table = new PageTable(files, PageTable.FILE_NEW);
    TableFill.Filled filled = fill(database, table, pageSize);
    if (!filled.checksum().equals(head.checksum())) {
      files.delete(PageTable.FILE_NEW);
      throw new FencedException(refusal(head, filled.checksum(), local));
    }
    table.describe(
        pageSize,
        filled.image().commit(),
        head,
        filled.image().cursor(),
        FileStamp.identity(database.databaseStat()));
    return new Decided(adopt(remote, Optional.of(table)), remote, source);
  }

  private String refusal(Position head, Checksum here, Optional<LocalRecord> local) {
    Optional<Position> stored = local.map(LocalRecord::stored);
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
    return new Decided(adopt(remote, Optional.of(table)), remote, source);
  }

  /// The table at a stored position, from the bucket, described and ready under its new name.
  private PageTable tableOf(Position position)
      throws IOException, StoreException, DamagedLogException, InterruptedException {
    PageTable table = new PageTable(files, PageTable.FILE_NEW);
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

  /// Begins a local state at the head. What an earlier state had spooled is set aside, not dropped.
  private Opened adopt(Remote remote, Optional<PageTable> table) throws IOException {
    Id128 run = Id128.random(context.random());
    for (String name : files.names()) {
      boolean spooled =
          name.endsWith(ObjectKey.SUFFIX)
              || (SpoolLogs.FILES.contains(name) && files.size(name) > 0);
      if (spooled && !name.startsWith("diverged-")) {
        LOG.warn("{}: setting aside {}", config.database(), name);
        files.rename(name, "diverged-" + run + "-" + name + ".aside");
      }
    }
    files.delete(PageTable.FILE);
    if (table.isPresent()) {
      table.get().force();
      files.rename(PageTable.FILE_NEW, PageTable.FILE);
    }
    files.syncFolder();
    LocalRecord record =
        new LocalRecord(
            remote.database().databaseId(),
            config.url(),
            remote.head(),
            remote.headMillis(),
            List.of(run));
    return open(record, run);
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
