package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lies in the state directory of one database, as a start needs it: reads it, mends its
/// page-checksum table, or begins it anew. Each time it is opened, a new run goes on record.
final class LocalState {
  private static final Logger LOG = LoggerFactory.getLogger(LocalState.class);

  private final DatabaseConfig config;
  private final Context context;
  private final StateFiles files;

  LocalState(DatabaseConfig config, Context context, StateFiles files) {
    this.config = config;
    this.context = context;
    this.files = files;
  }

  /// A local state, read. `tableFits`: its page checksums are those of its last position.
  record Opened(LocalRecord record, Spool spool, boolean tableFits) {
    /// Whether anything was ever captured.
    boolean isBegun() {
      return !spool.end().equals(Position.START);
    }
  }

  /// What an earlier run left; empty if none was here.
  Optional<Opened> open() throws IOException, DamagedLogException {
    Optional<LocalRecord> record;
    try {
      record = LocalRecord.read(files);
    } catch (LocalRecord.UnreadableException e) {
      String key = config.database() + ": its state folder's " + LocalRecord.FILE;
      throw new DamagedLogException(key, String.valueOf(e.getMessage()), e);
    }
    return record.isEmpty() ? Optional.empty() : Optional.of(open(record.get()));
  }

  private Opened open(LocalRecord before) throws IOException {
    Id128 run = newRun();
    return open(before.withRun(run), run);
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

  /// Puts on record which identity a new log is to have, before it has one.
  void intend(Id128 databaseId) throws IOException {
    new LocalRecord(databaseId, config.url(), Position.START, 0, List.of(newRun())).write(files);
  }

  /// The table that is to replace the one that is there.
  PageTable newTable() throws IOException {
    return new PageTable(files, PageTable.FILE_NEW);
  }

  void dropNewTable() throws IOException {
    files.delete(PageTable.FILE_NEW);
  }

  /// Opens a state again that goes on, with the new table, which describes the head.
  Opened mend(Opened damaged, Remote remote, Position head) throws IOException {
    damaged.spool().close();
    files.rename(PageTable.FILE_NEW, PageTable.FILE);
    files.syncFolder();
    Opened opened = open(damaged.record().withStored(head, remote.headMillis()));
    if (!opened.tableFits()) {
      throw new IOException(
          "%s: the page checksums cannot be found again; move the state directory away"
              .formatted(config.database()));
    }
    return opened;
  }

  /// Begins a state at the head, with the new table if one was made. What an earlier state had
  /// spooled is set aside, not dropped.
  Opened begin(Remote remote, Optional<PageTable> table) throws IOException {
    Id128 run = newRun();
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

  private Id128 newRun() {
    return Id128.random(context.random());
  }
}
