package dev.tidemark.retention;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.UnreadableObjectException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes one merged file or snapshot out of objects that follow each other. All that is read is
/// proven: keys, database, digests, checksums, that each object continues the one before, and for a
/// snapshot that its pages add up to its position.
///
/// The same range gives the same bytes, whatever objects it is made from: segments, merged files of
/// any level, or a snapshot and what follows. Nothing of the inputs is in the output but pages, the
/// last transaction's time, and the checksums at both ends.
///
/// Memory does not grow with the size of the database or of the inputs, nor with their number, but
/// for 12 bytes per 256 KiB of pages, the index frames. What has to wait lies in the scratch folder
/// without a name, and is gone when the merge ends in whatever way. For one merge at a time.
public final class MergeJob {
  /// The level of a snapshot, above those of merged files.
  public static final int SNAPSHOT_LEVEL = 9;

  /// Adds up what arrives, and passes on.
  private static final class Meter implements ReadListener {
    private final ReadListener listener;
    private long bytes;

    Meter(ReadListener listener) {
      this.listener = listener;
    }

    @Override
    public void read(Chain.Item item) {
      listener.read(item);
    }

    @Override
    public void bytes(long count) {
      bytes += count;
      listener.bytes(count);
    }
  }

  private final ObjectStore store;
  private final Id128 databaseId;
  private final Path scratch;
  private final MergeLimits limits;
  private final ReadListener listener;

  public MergeJob(
      ObjectStore store,
      Id128 databaseId,
      Path scratch,
      MergeLimits limits,
      ReadListener listener) {
    this.store = store;
    this.databaseId = databaseId;
    this.scratch = scratch;
    this.limits = limits;
    this.listener = listener;
  }

  /// Merges whole objects, oldest first, to a file of level 1 to 8, or to a snapshot
  /// ([#SNAPSHOT_LEVEL]) if the first one begins at the log's start, or with a full transaction.
  public MergedObject merge(int level, List<Chain.Item> inputs)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          PositionNotFoundException,
          PageSizeChangeException,
          InterruptedException {
    return merge(level, inputs, Optional.empty());
  }

  /// As [#merge(int, List)], with the last input, a segment, counting up to a position in it only.
  ///
  /// Damage is thrown with the key of the object that is damaged, an absent one with its own. An
  /// [IOException] is the scratch folder's.
  public MergedObject merge(int level, List<Chain.Item> inputs, Optional<Position> cut)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          PositionNotFoundException,
          PageSizeChangeException,
          InterruptedException {
    if (level < 1 || level > SNAPSHOT_LEVEL || inputs.isEmpty()) {
      throw new IllegalArgumentException("level %d of %d objects".formatted(level, inputs.size()));
    }
    Meter meter = new Meter(listener);
    InputLog log = new InputLog(store, databaseId, meter);
    try (MergeSources sources = new MergeSources(log, scratch, limits)) {
      MergeInputs read = new MergeInputs(log, limits, sources, cut);
      read.read(inputs);
      return write(level, read, sources, meter);
    } catch (UnreadableObjectException e) {
      throw e.damage();
    } catch (CorruptLtxException e) {
      throw suspect(inputs, e);
    } catch (ClosedByInterruptException e) {
      // The exception takes the place of the thread's mark.
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException("interrupted while merging");
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw new IOException("scratch folder %s: %s".formatted(scratch, e.getMessage()), e);
    }
  }

  private MergedObject write(int level, MergeInputs inputs, MergeSources sources, Meter meter)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    ObjectIdentity identity = identity(level, inputs);
    ScratchFile file = ScratchFile.in(scratch);
    try (ObjectWriter object = new ObjectWriter(file.output(), identity)) {
      FileRow row = sources.merge(object.beginFile(-1), level == SNAPSHOT_LEVEL);
      if (!row.after().equals(inputs.end().checksum())) {
        throw new CorruptLtxException(
            0, "they end with checksum %s, not %s".formatted(row.after(), inputs.end()));
      }
      object.endFile(row);
      IndexFrame index = object.finish(inputs.end().txid());
      file.seal();
      return new MergedObject(key(level, inputs), index, file, meter.bytes);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private ObjectIdentity identity(int level, MergeInputs inputs) {
    if (level == SNAPSHOT_LEVEL && !inputs.isWhole()) {
      throw new IllegalArgumentException("a snapshot cannot begin at " + inputs.start());
    }
    Position start = level == SNAPSHOT_LEVEL ? Position.START : inputs.start();
    return new ObjectIdentity(
        level == SNAPSHOT_LEVEL ? ObjectKind.SNAPSHOT : ObjectKind.MERGED,
        Id128.ZERO,
        databaseId,
        inputs.pageSize(),
        start.txid().next(),
        start.checksum());
  }

  private static ObjectKey key(int level, MergeInputs inputs) {
    Position end = inputs.end();
    return level == SNAPSHOT_LEVEL
        ? new ObjectKey.Snapshot(end.txid(), end.checksum())
        : new ObjectKey.Merged(level, inputs.start().txid().next(), end.txid(), end.checksum());
  }

  /// Sound objects that do not add up. Segments and snapshots each prove themselves, a merged file
  /// does not, so the first of those is named.
  private static DamagedLogException suspect(List<Chain.Item> inputs, CorruptLtxException e) {
    Chain.Item suspect =
        inputs.stream()
            .filter(item -> item.key() instanceof ObjectKey.Merged)
            .findFirst()
            .orElse(inputs.getLast());
    return new DamagedLogException(
        suspect.key().text(),
        "does not add up with its neighbours, from %s to %s: %s"
            .formatted(inputs.getFirst().key().text(), inputs.getLast().key().text(), e.reason()),
        e);
  }
}
