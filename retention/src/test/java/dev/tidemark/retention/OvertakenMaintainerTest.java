package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What another maintainer deleted between a look and a read is no damage.
class OvertakenMaintainerTest {
  private static final MaintainOptions OPTIONS =
      new MaintainOptions(
          Optional.of(new Levels(List.of(Duration.ofMillis(10)))),
          Optional.empty(),
          Optional.of(KeepPolicy.parse("transactions=0s")),
          new RetentionSettings(Duration.ZERO, Duration.ZERO, Duration.ofHours(24)),
          false);

  private final MergeRig rig;

  OvertakenMaintainerTest(@TempDir Path scratch) {
    rig = new MergeRig(1, 512, 20, scratch);
  }

  /// Another maintainer does something just before one object is read.
  private interface Other {
    void work() throws Exception;
  }

  private static final class Overtaken extends PassingStore {
    private final String key;
    private final Other other;
    private boolean isDone;

    Overtaken(ObjectStore store, String key, Other other) {
      super(store);
      this.key = key;
      this.other = other;
    }

    @Override
    public Optional<Slice> get(String read, ByteRange range)
        throws StoreException, InterruptedException {
      if (read.equals(key) && !isDone) {
        isDone = true;
        try {
          other.work();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return super.get(read, range);
    }
  }

  private MaintainReport run(ObjectKey overtakenAt, Other other, Path scratch) throws Exception {
    return run(new Overtaken(rig.store, overtakenAt.text(), other), OPTIONS, scratch);
  }

  private static MaintainReport run(ObjectStore store, MaintainOptions options, Path scratch)
      throws Exception {
    return new Maintainer(
            store,
            scratch,
            InstantSource.fixed(Instant.now().plus(Duration.ofDays(9))),
            ReadListener.NONE)
        .run(options);
  }

  @Test
  void segmentThatWentIsNoDamage(@TempDir Path scratch) throws Exception {
    rig.builder.database();
    ObjectKey first = rig.builder.segment(1, 3);
    rig.builder.segment(4, 6);
    rig.builder.segment(7, 9);

    MaintainReport report =
        run(
            first,
            () -> {
              rig.builder.snapshot(3);
              rig.builder.boundary(1, 3);
              rig.store.delete(first.text());
            },
            scratch);

    assertThat(report.problems()).isEmpty();
  }

  /// The last look shows a segment that comes after the first one, and is passed and deleted before
  /// anybody can look where it ends.
  @Test
  void lastSegmentThatWentIsNoDamage(@TempDir Path scratch) throws Exception {
    rig.builder.database();
    List<ObjectKey> segments = new ArrayList<>();
    segments.add(rig.builder.segment(1, 3));
    segments.add(rig.builder.segment(4, 6));
    ObjectKey next = ObjectKey.Slot.after(rig.history.position(6));
    ObjectStore writing =
        new Overtaken(
            rig.store, segments.getLast().text(), () -> segments.add(rig.builder.segment(7, 9)));
    ObjectStore overtaking =
        new Overtaken(
            writing,
            next.text(),
            () -> {
              rig.builder.snapshot(9);
              rig.builder.segment(10, 12);
              rig.builder.boundary(1, 9);
              segments.forEach(segment -> rig.store.delete(segment.text()));
            });

    MaintainReport report =
        run(
            overtaking,
            new MaintainOptions(
                Optional.empty(), Optional.empty(), Optional.empty(), OPTIONS.settings(), false),
            scratch);

    assertThat(segments).contains(next);
    assertThat(rig.store.objects()).doesNotContainKey(next.text());
    assertThat(report.problems()).isEmpty();
  }

  /// A rehearsal looks at the time of what a pin asks to be merged.
  @Test
  void segmentThatWentIsNoDamageForARehearsal(@TempDir Path scratch) throws Exception {
    rig.builder.database();
    ObjectKey first = rig.builder.segment(1, 3);
    rig.builder.segment(4, 6);
    rig.builder.merged(1, 1, 6);
    rig.builder.segment(7, 9);
    Records.createPin(
        rig.store,
        new PinRecord(
            new RecordName("p"), MergeRig.DATABASE, rig.history.position(3), Instant.EPOCH, ""));

    MaintainReport report =
        run(
            new Overtaken(
                rig.store,
                first.text(),
                () -> {
                  rig.builder.merged(1, 1, 3);
                  rig.builder.boundary(1, 6);
                  rig.store.delete(first.text());
                }),
            MaintainRig.rehearsed(OPTIONS),
            scratch);

    assertThat(rig.store.objects()).doesNotContainKey(first.text());
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void coverThatWentIsNoDamage(@TempDir Path scratch) throws Exception {
    rig.builder.database();
    ObjectKey gone = rig.builder.merged(1, 1, 3);
    rig.builder.merged(1, 4, 6);
    rig.builder.boundary(1, 6);
    rig.builder.segment(7, 9);
    rig.builder.segment(10, 12);

    MaintainReport report =
        run(
            gone,
            () -> {
              rig.builder.snapshot(6);
              rig.store.delete(gone.text());
            },
            scratch);

    assertThat(report.problems()).isEmpty();
  }
}
