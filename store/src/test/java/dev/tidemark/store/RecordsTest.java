package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
  private static final Id128 DATABASE = new Id128(0x1234, 0x5678);
  private static final DatabaseRecord RECORD =
      new DatabaseRecord(DATABASE, Instant.parse("2026-01-02T03:04:05Z"), "tidemark 0.1");

  private final MemoryStore store = new MemoryStore();

  @Test
  void databaseRecordReadsBack() throws Exception {
    assertThat(Records.database(store)).isEmpty();
    assertThat(Records.createDatabase(store, RECORD)).isEqualTo(RECORD);
    assertThat(Records.database(store)).contains(RECORD);
  }

  @Test
  void whoeverComesSecondGetsWhatStands() throws Exception {
    Records.createDatabase(store, RECORD);
    DatabaseRecord other = new DatabaseRecord(new Id128(9, 9), Instant.EPOCH, "other");
    assertThat(Records.createDatabase(store, other)).isEqualTo(RECORD);
  }

  @Test
  void unknownFieldsAreIgnored() throws Exception {
    put(
        DatabaseRecord.KEY,
        """
        {"later":{"a":[1,{"b":null}],"c":1.5},"format":1,"x":[[]],"tool":"t",
         "database_id":"00000000000000120000000000000034","created":"2026-01-01T00:00:00Z"}
        """);
    assertThat(Records.database(store).orElseThrow().databaseId()).isEqualTo(new Id128(0x12, 0x34));
  }

  @Test
  void newerFormatIsRefusedWhateverElseItSays() {
    put(DatabaseRecord.KEY, "{\"format\":2}");
    assertThatThrownBy(() -> Records.database(store))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("written by a newer version of Tidemark (format 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"format\":\"1\"}",
        "{\"format\":99999999999999999999}",
        "{\"format\":1}",
        "{\"format\":1,\"database_id\":\"12\",\"created\":\"2026-01-01T00:00:00Z\"}",
        "{\"format\":1,\"database_id\":7,\"created\":\"2026-01-01T00:00:00Z\"}",
        "{\"format\":1,\"database_id\":\"00000000000000120000000000000034\",\"created\":\"now\"}",
        "{\"format\":1,\"database_id\":\"00000000000000120000000000000034\","
            + "\"created\":\"2026-01-01T00:00:00Z\"} {}",
      })
  void malformedRecordIsDamage(String text) {
    put(DatabaseRecord.KEY, text);
    assertThatThrownBy(() -> Records.database(store))
        .isInstanceOfSatisfying(
            DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(DatabaseRecord.KEY));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 9, 31, 100})
  void findsTheLastBoundaryFromAnyKnownOne(int count) throws Exception {
    for (int n = 1; n <= count; n++) {
      assertThat(Records.putBoundary(store, boundary(n, DATABASE))).isEqualTo(PutOutcome.STORED);
    }
    for (int requests : new int[] {1, 2, 3, 16}) {
      for (int known = 0; known < count; known++) {
        assertThat(Records.boundaryAfter(store, known, DATABASE, requests))
            .as("known %d of %d, %d requests at once", known, count, requests)
            .contains(boundary(count, DATABASE));
      }
      assertThat(Records.boundaryAfter(store, count, DATABASE, requests)).isEmpty();
    }
  }

  @Test
  void severalRequestsAtOnceFindTheLastBoundaryInFewSteps() throws Exception {
    for (int n = 1; n <= 8_760; n++) {
      Records.putBoundary(store, boundary(n, DATABASE));
    }
    StoreMeter meter = new StoreMeter();
    MeteredStore metered = new MeteredStore(store, meter);
    assertThat(Records.boundaryAfter(metered, 0, DATABASE, 16)).contains(boundary(8_760, DATABASE));
    // One; then, at most sixteen each: steps that double, and what is between three or four times.
    assertThat(meter.requests()).isLessThanOrEqualTo(1 + 5 * 16);
  }

  @Test
  void boundaryOfAnotherDatabaseIsDamage() throws Exception {
    Records.putBoundary(store, boundary(1, new Id128(6, 6)));
    assertThatThrownBy(() -> Records.boundaryAfter(store, 0, DATABASE))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("boundary/00000001.json: belongs to database");
  }

  @Test
  void objectsPrintOnOneLineAndReadBack() {
    JsonObject object =
        new JsonObject()
            .put("s", "a\"b\nc ü")
            .put("n", -5)
            .put("d", 1.5)
            .put("t", true)
            .putNull("z")
            .put("o", Optional.<String>empty())
            .put("l", List.of("x", 1L, new JsonObject().put("y", false)))
            .put("j", new JsonObject());
    assertThat(object)
        .hasToString(
            "{\"s\":\"a\\\"b\\nc ü\",\"n\":-5,\"d\":1.5,\"t\":true,\"z\":null,\"o\":null,"
                + "\"l\":[\"x\",1,{\"y\":false}],\"j\":{}}");
    assertThat(JsonObject.parse(object.bytes())).hasToString(object.toString());
  }

  @Test
  void jsonWithoutAnEndIsDamage() {
    String id = "{\"format\":1,\"database_id\":\"00000000000000120000000000000034\",\"x\":";
    for (String text :
        new String[] {
          "[".repeat(60_000),
          "{\"a\":".repeat(10_000),
          id + "[".repeat(5_000) + "]".repeat(5_000) + "}",
          id + "\"" + "a".repeat(60_000),
          id + "\"" + "a".repeat(1 << 20) + "\"}",
          id + "9".repeat(60_000) + "}",
        }) {
      put(DatabaseRecord.KEY, text);
      assertThatThrownBy(() -> Records.database(store)).isInstanceOf(DamagedLogException.class);
    }
  }

  @Test
  void boundariesOfEveryNumberEndWithTheLast() throws Exception {
    for (long number = 1; number < 1L << 31; number *= 2) {
      Records.putBoundary(store, boundary((int) number, DATABASE));
      Records.putBoundary(store, boundary((int) ((1L << 31) - number), DATABASE));
    }
    for (int requests : new int[] {1, 2, 3, 16}) {
      assertThat(Records.boundaryAfter(store, 0, DATABASE, requests).orElseThrow().number())
          .as("%d requests at once", requests)
          .isEqualTo(Integer.MAX_VALUE);
    }
  }

  @Test
  void aBoundaryThatNoTransactionCanFollowIsDamage() throws Exception {
    Position last = new Position(new Txid(Long.MAX_VALUE), new Checksum(Checksum.FLAG));
    Records.putBoundary(store, new BoundaryRecord(1, DATABASE, last, Instant.EPOCH));
    assertThatThrownBy(() -> Records.boundaryAfter(store, 0, DATABASE))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("no transaction follows");
  }

  private static final RecordName NAME = new RecordName("before-release");
  private static final PinRecord PIN =
      new PinRecord(
          NAME, DATABASE, boundary(7, DATABASE).position(), Instant.EPOCH, "keep \"this\"");

  @Test
  void pinsReadBackAreListedByNameAndGo() throws Exception {
    assertThat(Records.pin(store, NAME, DATABASE)).isEmpty();
    assertThat(Records.createPin(store, PIN)).isEqualTo(PIN);
    PinRecord other =
        new PinRecord(new RecordName("a.b"), DATABASE, PIN.position(), Instant.EPOCH, "");
    assertThat(Records.createPin(store, other)).isEqualTo(other);
    put("pins/readme.txt", "no pin");
    put("pins/below/c.json", "no pin");
    put("pins/.json", "no pin");
    assertThat(Records.pin(store, NAME, DATABASE)).contains(PIN);
    assertThat(Records.pins(store, DATABASE)).containsExactly(other, PIN);
    Records.deletePin(store, NAME);
    Records.deletePin(store, NAME);
    assertThat(Records.pins(store, DATABASE)).containsExactly(other);
  }

  @Test
  void pinOfATakenNameGetsWhatStands() throws Exception {
    Records.createPin(store, PIN);
    PinRecord later =
        new PinRecord(NAME, DATABASE, boundary(8, DATABASE).position(), Instant.EPOCH, "");
    assertThat(Records.createPin(store, later)).isEqualTo(PIN);
  }

  @Test
  void pinWhoseAnswerIsLostIsSettledByReadingBack() throws Exception {
    ObjectStore unclear =
        new PassingStore(store) {
          @Override
          public PutOutcome putIfAbsent(String key, Body body)
              throws StoreException, InterruptedException {
            super.putIfAbsent(key, body);
            return PutOutcome.UNCLEAR;
          }
        };
    assertThat(Records.createPin(unclear, PIN)).isEqualTo(PIN);
  }

  @Test
  void pinThatNobodyCouldReadIsNotStored() {
    PinRecord wordy =
        new PinRecord(NAME, DATABASE, PIN.position(), Instant.EPOCH, "x".repeat(1 << 16));
    assertThatThrownBy(() -> Records.createPin(store, wordy))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.objects()).isEmpty();
  }

  private static String named(String field, String name, String more) {
    return "{\"format\":1,\"database_id\":\"%s\",\"%s\":\"%s\",\"position\":\"%s\"%s}"
        .formatted(DATABASE, field, name, PIN.position(), more);
  }

  @Test
  void pinsThatCannotBeUnderstoodAreDamage() {
    String created = ",\"created\":\"2026-01-01T00:00:00Z\"";
    for (String text :
        List.of(
            "{}",
            "{\"format\":2}",
            named("name", "another", created),
            named("name", NAME.value(), ""),
            named("name", NAME.value(), ",\"created\":\"now\""),
            named("name", NAME.value(), created).replace(PIN.position().toString(), "1/2"),
            named("id", NAME.value(), created))) {
      put(NAME.pinKey(), text);
      assertThatThrownBy(() -> Records.pins(store, DATABASE))
          .as(text)
          .isInstanceOfSatisfying(
              DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(NAME.pinKey()));
    }
    put(NAME.pinKey(), named("name", NAME.value(), created));
    assertThatThrownBy(() -> Records.pin(store, NAME, new Id128(9, 9)))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("belongs to database");
  }

  @Test
  void replicasAreReadAndListed() throws Exception {
    String times =
        ",\"applied_at\":\"2026-01-01T00:00:00Z\",\"expires_at\":\"2026-01-01T00:10:00Z\"";
    put("replicas/r1.json", named("id", "r1", times));
    ReplicaRecord replica =
        new ReplicaRecord(
            new RecordName("r1"),
            DATABASE,
            PIN.position(),
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-01T00:10:00Z"));
    assertThat(Records.replica(store, new RecordName("r1"), DATABASE)).contains(replica);
    assertThat(Records.replica(store, new RecordName("r2"), DATABASE)).isEmpty();
    assertThat(Records.replicas(store, DATABASE)).containsExactly(replica);
    put("replicas/r2.json", named("id", "r2", ""));
    assertThatThrownBy(() -> Records.replicas(store, DATABASE))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("'applied_at' is missing");
  }

  private void put(String key, String text) {
    store.objects().put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static BoundaryRecord boundary(int number, Id128 database) {
    return new BoundaryRecord(
        number,
        database,
        new Position(new Txid(number), Checksum.ofXor(number)),
        Instant.parse("2026-01-02T03:04:05Z"));
  }
}
