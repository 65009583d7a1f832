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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of records that cannot be used.
class RecordDamageTest {
  private static final Id128 DATABASE = new Id128(0x1234, 0x5678);
  private static final Id128 FOREIGN = new Id128(9, 9);
  private static final Position AT = new Position(new Txid(7), Checksum.ofXor(7));

  private final MemoryStore store = new MemoryStore();

  @Test
  void pinsThatCannotBeUnderstoodAreListedApart() throws Exception {
    PinRecord pin = new PinRecord(new RecordName("good"), DATABASE, AT, Instant.EPOCH, "");
    Records.createPin(store, pin);
    put("pins/garbage.json", "garbage");
    Records.createPin(
        store, new PinRecord(new RecordName("foreign"), FOREIGN, AT, Instant.EPOCH, ""));
    PinRecords pins = Records.allPins(store, DATABASE);
    assertThat(pins.readable()).containsExactly(pin);
    assertThat(pins.unreadable())
        .extracting(PinRecords.Unreadable::key)
        .containsExactly("pins/foreign.json", "pins/garbage.json");
    assertThat(pins.unreadable().getFirst().reason())
        .startsWith("belongs to database " + FOREIGN)
        .endsWith("'tidemark pin URL --remove foreign', and set it anew");
    assertThat(pins.unreadable().getLast())
        .asString()
        .startsWith("pins/garbage.json: is no record of Tidemark's: it is not JSON, near byte ")
        .endsWith("'tidemark pin URL --remove garbage', and set it anew");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|it is empty",
        "hello|it is not JSON, near byte ",
        "{\"format\":1,}|it is not JSON, near byte ",
        "[]|it is JSON, but does not begin with {",
        "{} {}|something follows after its last }",
        "{\"format\":1,\"posi|it is cut short, after 17 bytes",
        "{\"format\":1,|it is cut short, after 12 bytes",
        "{\"format\":|it is cut short, after 10 bytes",
        "{|it is cut short, after 1 byte",
        "{\"format\":99999999999999999999}|a number in it is too large",
        "{}|field 'format' is missing",
        "{\"format\":1,\"database_id\":\"12\"}|field 'database_id': id must be 32 hex digits",
        "{\"format\":1,\"database_id\":\"00000000000012340000000000005678\",\"position\":\"1/2\"}"
            + "|field 'position': ",
        "{\"format\":1,\"database_id\":\"00000000000012340000000000005678\",\"created\":\"a\\nb\",\"position\":\"0000000000000001/8000000000000001\"}|field"
            + " 'created': 'a?b' is no time",
      })
  void whatIsWrongWithARecordIsOnePlainLine(String text, String what) {
    String key = BoundaryRecord.key(1);
    put(key, text);
    assertThatThrownBy(() -> Records.boundaryAfter(store, 0, DATABASE))
        .isInstanceOf(DamagedLogException.class)
        .message()
        .startsWith(key + ": is no record of Tidemark's: " + what)
        .endsWith("; put it back from a copy, or from an earlier version of the object")
        .hasLineCount(1)
        .doesNotContain("token", "character", "Source", "parse");
  }

  @Test
  void aRecordThatIsTooLargeIsOnePlainLine() {
    put(DatabaseRecord.KEY, "x".repeat(1 << 17));
    assertThatThrownBy(() -> Records.database(store))
        .isInstanceOf(DamagedLogException.class)
        .hasMessage(
            "database.json: is no record of Tidemark's: it has 131072 bytes; put it back from a"
                + " copy, or from an earlier version of the object");
  }

  private void put(String key, String text) {
    store.objects().put(key, text.getBytes(StandardCharsets.UTF_8));
  }
}
