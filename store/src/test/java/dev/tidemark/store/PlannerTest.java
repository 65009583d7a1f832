package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  private static final int SEEDS = 400;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void agreesWithTryingEverything(int damage) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomChain random = new RandomChain(seed * 3 + damage, damage);
      for (int txid = 1; txid <= random.count() + 1; txid++) {
        check(random, seed, txid);
      }
    }
  }

  private static void check(RandomChain random, int seed, int txid) throws Exception {
    Optional<long[]> cheapest = random.cheapest(txid);
    String what = "seed %d txid %d of %s".formatted(seed, txid, random);
    try {
      Plan plan = random.plan(new RestoreTarget.AtTxid(new Txid(txid)));
      assertThat(cheapest).as(what).isPresent();
      assertThat(plan.target()).as(what).isEqualTo(random.position(txid));
      // Where slots are missing, where the others end is not known, so the cheapest may be missed.
      if (random.isWhole()) {
        long objects = plan.objects().size();
        assertThat(new long[] {plan.bytes() + objects * CoverGraph.OBJECT_COST, objects})
            .as(what)
            .isEqualTo(cheapest.get());
      }
    } catch (DamagedLogException e) {
      assertThat(cheapest).as(what + ": " + e).isEmpty();
      assertThat(random.isPromised(txid)).as(what + ": " + e).isTrue();
    } catch (PositionNotFoundException e) {
      assertThat(cheapest).as(what + ": " + e).isEmpty();
      assertThat(random.isPromised(txid)).as(what + ": " + e).isFalse();
    }
  }

  @Test
  void fewObjectsArePreferredToFewerBytes() throws Exception {
    RandomChain chain = RandomChain.ofSegments(1, 1, 1, 1, 1, 1, 1, 1);
    chain.resize(CoverGraph.OBJECT_COST / 100);
    chain.merged(0, 8, CoverGraph.OBJECT_COST);
    assertThat(chain.plan(new RestoreTarget.Latest()).objects()).hasSize(1);
  }

  @Test
  void fewBytesArePreferredToFewerObjects() throws Exception {
    RandomChain chain = RandomChain.ofSegments(1, 1);
    chain.resize(CoverGraph.OBJECT_COST / 100);
    chain.merged(0, 2, 3 * CoverGraph.OBJECT_COST);
    assertThat(chain.plan(new RestoreTarget.Latest()).objects()).hasSize(2);
  }

  @Test
  void latestIsTheHead() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomChain random = new RandomChain(seed, 0);
      assertThat(random.plan(new RestoreTarget.Latest()).target())
          .as("seed %d", seed)
          .isEqualTo(random.position(random.count()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void timesFindTheLastTransactionThatIsNotLater(int damage) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomChain random = new RandomChain(seed * 3 + damage, damage);
      for (long time = 0; time <= random.count() + 1; time++) {
        String what = "seed %d time %d of %s".formatted(seed, time, random);
        Optional<Position> expected = random.lastNotLater(time);
        try {
          Plan plan = random.plan(new RestoreTarget.AtTime(Instant.ofEpochMilli(time)));
          assertThat(Optional.of(plan.target())).as(what).isEqualTo(expected);
        } catch (PositionNotFoundException e) {
          assertThat(expected).as(what + ": " + e).isEmpty();
        } catch (DamagedLogException e) {
          if (damage == 0) {
            fail(what, e);
          }
        }
      }
    }
  }

  @Test
  void holeNamesWhatIsLostAndWhatIsGood() {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5);
    chain.lose(1);
    for (RestoreTarget target :
        new RestoreTarget[] {
          new RestoreTarget.Latest(),
          new RestoreTarget.AtTxid(new Txid(6)),
          new RestoreTarget.AtTxid(new Txid(10)),
          new RestoreTarget.AtTxid(new Txid(11)),
          new RestoreTarget.AtTime(Instant.ofEpochMilli(4)),
        }) {
      assertThatThrownBy(() -> chain.plan(target))
          .isInstanceOf(DamagedLogException.class)
          .hasMessage(
              ObjectKey.Slot.after(chain.position(5)).text()
                  + ": is missing; lost: transactions 0000000000000006 to 0000000000000014;"
                  + " last good position: "
                  + chain.position(5));
    }
  }

  @Test
  void damageNamesWhatIsLostUpToTheHead() {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5);
    chain.damage(1);
    for (long txid : new long[] {6, 10, 11, 20}) {
      assertThatThrownBy(() -> chain.plan(new RestoreTarget.AtTxid(new Txid(txid))))
          .isInstanceOf(DamagedLogException.class)
          .hasMessageContaining("lost: transactions 0000000000000006 to 0000000000000014;")
          .hasMessageContaining("last good position: " + chain.position(5));
    }
  }

  @Test
  void whatASnapshotBehindAHoleSavesIsNotLost() throws Exception {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5);
    chain.snapshot(15);
    chain.damage(1);
    assertThatThrownBy(() -> chain.plan(new RestoreTarget.AtTxid(new Txid(12))))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("lost: transactions 0000000000000006 to 000000000000000e;")
        .hasMessageContaining("last good position: " + chain.position(5));
    assertThat(chain.plan(new RestoreTarget.AtTxid(new Txid(18))).objects()).hasSize(2);
  }

  @Test
  void firstOfTwoHolesIsWhereTheLossBegins() {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5, 5);
    chain.damage(3);
    chain.lose(1);
    assertThatThrownBy(() -> chain.plan(new RestoreTarget.AtTxid(new Txid(17))))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("lost: transactions 0000000000000006 to 0000000000000019;")
        .hasMessageContaining("last good position: " + chain.position(5));
  }

  @Test
  void provenPlanKnowsOfAHoleBeforeAnythingIsRead() throws Exception {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5);
    assertThat(chain.provenPlan(new RestoreTarget.Latest()).objects()).hasSize(4);
    chain.lose(1);
    assertThatThrownBy(() -> chain.provenPlan(new RestoreTarget.Latest()))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("is missing; lost: transactions 0000000000000006 to");
    chain.snapshot(15);
    assertThat(chain.provenPlan(new RestoreTarget.Latest()).objects()).hasSize(2);
  }

  @Test
  void targetsBeforeAHoleStillWork() throws Exception {
    RandomChain chain = RandomChain.ofSegments(5, 5, 5, 5);
    chain.lose(1);
    for (int txid = 1; txid <= 5; txid++) {
      assertThat(chain.plan(new RestoreTarget.AtTxid(new Txid(txid))).objects()).hasSize(1);
    }
  }

  @Test
  void unreadableLastSegmentIsNoShorterLog() {
    RandomChain chain = RandomChain.ofSegments(5, 5);
    chain.damage(1);
    assertThatThrownBy(() -> chain.plan(new RestoreTarget.Latest()))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("lost: transactions 0000000000000006 and later")
        .hasMessageContaining("last good position: " + chain.position(5));
  }

  @Test
  void beyondTheHeadIsNotFoundAndSaysWhereTheHeadIs() {
    RandomChain chain = RandomChain.ofSegments(5, 5);
    assertThatThrownBy(() -> chain.plan(new RestoreTarget.AtTxid(new Txid(11))))
        .isInstanceOf(PositionNotFoundException.class)
        .hasMessageContaining("beyond the head of the log, " + chain.position(10));
  }
}
