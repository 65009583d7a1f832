package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `verify` says of pins. Positions 1 to 12 are in segments of two each; the boundary is 6.
class VerifyPinsTest {
  private static final int COUNT = 12;
  private static final int SEEDS = Integer.getInteger("seeds", 60);

  @TempDir Path dir;

  private TestLog log;
  private ObjectKey cover;

  @BeforeEach
  void storeALog() throws Exception {
    log = new TestLog(77, 512, COUNT);
    for (int txid = 7; txid < COUNT; txid += 2) {
      log.builder.segment(txid, txid + 1);
    }
    cover = log.builder.merged(1, 1, 4);
    log.builder.snapshot(6);
    log.builder.boundary(1, 6);
  }

  private String pin(String name, Position position) throws Exception {
    return pin(log.store, name, position);
  }

  private static String pin(ObjectStore store, String name, Position position) throws Exception {
    Records.createPin(
        store, new PinRecord(new RecordName(name), TestLog.DATABASE, position, Instant.EPOCH, ""));
    return "pins/" + name + ".json";
  }

  private VerifyResult verify(ObjectStore store) throws Exception {
    return new Verify(store, dir, 2, ReadListener.NONE).run();
  }

  private void assertLost(String key, Position position, String problem) throws Exception {
    assertThat(verify(log.store).problems())
        .contains(new VerifyResult.Problem(key, problem, Optional.of(position.toString())));
  }

  private static String nothingLeadsTo(Position position) {
    return "nothing that is stored leads to " + position + " any more";
  }

  @Test
  void pinsOfWhatCanBeHadAreNoProblem() throws Exception {
    for (int txid : new int[] {4, 6, 7, 8, COUNT}) {
      pin("at-" + txid, log.history.position(txid));
    }
    assertThat(verify(log.store).problems()).isEmpty();
  }

  @Test
  void pinWhoseCoverIsGoneIsAProblem() throws Exception {
    String key = pin("audit", log.history.position(4));
    log.store.delete(cover.text());
    assertLost(key, log.history.position(4), nothingLeadsTo(log.history.position(4)));
    assertThat(verify(log.store).problems()).hasSize(1);
  }

  @Test
  void pinWhoseCoverIsDamagedIsAProblem() throws Exception {
    String key = pin("audit", log.history.position(4));
    byte[] bytes = log.store.bytes(cover.text());
    bytes[bytes.length / 2] ^= 1;
    log.store.objects().put(cover.text(), bytes);
    assertLost(key, log.history.position(4), nothingLeadsTo(log.history.position(4)));
  }

  @Test
  void pinInALostRangeIsAProblem() throws Exception {
    String inside = pin("inside", log.history.position(9));
    String behind = pin("behind", log.history.position(11));
    log.store.delete(ObjectKey.Slot.after(log.history.position(8)).text());
    assertLost(inside, log.history.position(9), nothingLeadsTo(log.history.position(9)));
    assertLost(behind, log.history.position(11), nothingLeadsTo(log.history.position(11)));
    log.builder.snapshot(9);
    assertThat(verify(log.store).problems())
        .extracting(VerifyResult.Problem::key)
        .contains(behind)
        .doesNotContain(inside);
  }

  @Test
  void pinOfAPositionThatNeverWasIsAProblem() throws Exception {
    Position other = new Position(new Txid(9), new Checksum(-2));
    String beside = pin("beside", other);
    Position beyond = new Position(new Txid(COUNT + 1), new Checksum(-2));
    String later = pin("later", beyond);
    assertLost(beside, other, "no transaction of the log ends at " + other);
    assertLost(later, beyond, "no transaction of the log ends at " + beyond);
  }

  @Test
  void unreadablePinIsAProblemAndHidesNoOther() throws Exception {
    String lost = pin("audit", log.history.position(3));
    log.store.objects().put("pins/x.json", "{".getBytes(StandardCharsets.UTF_8));
    log.store.objects().put("pins/y.json", "{\"format\":2}".getBytes(StandardCharsets.UTF_8));
    VerifyResult result = verify(log.store);
    assertThat(result.problems())
        .extracting(VerifyResult.Problem::key)
        .containsExactly("pins/x.json", "pins/y.json", lost);
    assertThat(result.problems().getFirst().problem())
        .contains("nobody knows what it keeps")
        .endsWith("'tidemark pin URL --remove x', and set it anew");
    assertThat(result.problems().get(1).problem())
        .contains("newer version")
        .doesNotContain("--remove");
  }

  @Test
  void thoseAreToldThatARestoreRefuses() throws Exception {
    int told = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      HarmedLog harmed = HarmedLog.random(new Random(seed));
      List<String> refused = new ArrayList<>();
      for (int txid = 1; txid <= harmed.history.count(); txid++) {
        String key = pin(harmed.store, "at-%02d".formatted(txid), harmed.history.position(txid));
        try {
          assertThat(harmed.restored(txid, dir)).isEqualTo(harmed.history.position(txid));
        } catch (DamagedLogException | PositionNotFoundException _) {
          refused.add(key);
        }
      }
      assertThat(verify(harmed.store).problems())
          .as("seed %d, boundary %d, %s", seed, harmed.boundary, harmed.story)
          .extracting(VerifyResult.Problem::key)
          .filteredOn(key -> key.startsWith("pins/"))
          .containsExactlyElementsOf(refused);
      told += refused.size();
    }
    assertThat(told).isGreaterThan(SEEDS);
  }

  /// Whoever lets go of a pin may find its position gone soon after.
  @Test
  void pinThatWentMeanwhileIsNoProblem() throws Exception {
    String key = pin("audit", log.history.position(4));
    ObjectStore overtaken =
        new PassingStore(log.store) {
          @Override
          public ListPage list(String prefix, String after)
              throws StoreException, InterruptedException {
            if (prefix.equals(ObjectKey.LOG)) {
              store.delete(key);
              store.delete(cover.text());
            }
            return super.list(prefix, after);
          }
        };
    assertThat(verify(overtaken).problems()).isEmpty();
    assertThat(log.store.objects()).doesNotContainKey(cover.text());
  }
}
