package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
  private static final Txid FIRST = new Txid(0x1a);
  private static final Txid LAST = new Txid(0x2b);
  private static final Checksum CHECKSUM = new Checksum(0x8000_0000_0000_00abL);

  @Test
  void everyKindReadsBackFromItsText() {
    assertThat(ObjectKey.Slot.after(Position.START).text())
        .isEqualTo("log/0000000000000001-0000000000000000.ltx.zst");
    assertThat(new ObjectKey.Slot(FIRST, CHECKSUM))
        .satisfies(key -> assertThat(ObjectKey.parse(key.text())).contains(key));
    assertThat(new ObjectKey.Merged(8, FIRST, LAST, CHECKSUM))
        .satisfies(key -> assertThat(ObjectKey.parse(key.text())).contains(key));
    assertThat(new ObjectKey.Snapshot(LAST, CHECKSUM))
        .satisfies(key -> assertThat(ObjectKey.parse(key.text())).contains(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log/",
        "log/.ltx.zst",
        "log/000000000000001A-0000000000000000.ltx.zst",
        "log/000000000000001-00000000000000000.ltx.zst",
        "log/0000000000000001_0000000000000000.ltx.zst",
        "log/0000000000000001-0000000000000000.ltx",
        "log/0000000000000001-0000000000000000.ltx.zst.tmp",
        "log/0000000000000000-0000000000000000.ltx.zst",
        "log/8000000000000000-0000000000000000.ltx.zst",
        "log/7fffffffffffffff-0000000000000000.ltx.zst",
        "snapshots/7fffffffffffffff-8000000000000000.ltx.zst",
        "merged/1/0000000000000003-7fffffffffffffff-8000000000000000.ltx.zst",
        "log/a/0000000000000001-0000000000000000.ltx.zst",
        "Log/0000000000000001-0000000000000000.ltx.zst",
        "merged/0/0000000000000001-0000000000000002-8000000000000000.ltx.zst",
        "merged/9/0000000000000001-0000000000000002-8000000000000000.ltx.zst",
        "merged/10/0000000000000001-0000000000000002-8000000000000000.ltx.zst",
        "merged/1/0000000000000003-0000000000000002-8000000000000000.ltx.zst",
        "merged/1/0000000000000001-0000000000000002.ltx.zst",
        "merged/0000000000000001-0000000000000002-8000000000000000.ltx.zst",
        "snapshots/0000000000000001.ltx.zst",
        "snapshots/0000000000000001-8000000000000000-8000000000000000.ltx.zst",
        "boundary/00000001.json"
      })
  void otherNamesAreNoKeys(String name) {
    assertThat(ObjectKey.parse(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", ".a", "a/b", "a b", "ä"})
  void otherNamesAreNoRecordNames(String name) {
    assertThatThrownBy(() -> new RecordName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recordNamesMakeKeys() {
    assertThat(new RecordName("a.b-c_9").pinKey()).isEqualTo("pins/a.b-c_9.json");
    assertThat(new RecordName("r".repeat(63)).replicaKey()).startsWith("replicas/rrr");
    assertThatThrownBy(() -> new RecordName("r".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
