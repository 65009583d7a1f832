package dev.tidemark.cli.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Txid;
import dev.tidemark.retention.Decision;
import dev.tidemark.retention.MaintainReport;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.StoreMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTextTest {
  private static final ObjectKey KEY = new ObjectKey.Snapshot(new Txid(7), new Checksum(1L << 63));

  private static List<String> lines(boolean dryRun, int number) {
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      decisions.add(new Decision(new Chain.Item(KEY, 1), false, "why", List.of()));
    }
    MaintainReport report =
        new MaintainReport(
            List.of(new MaintainReport.Made(KEY, number, 30, number)),
            Optional.empty(),
            "",
            decisions,
            number,
            number,
            List.of(),
            number,
            List.of(),
            List.of(),
            List.of("a note"));
    return new ReportText("url", dryRun, report, new StoreMeter()).lines();
  }

  @Test
  void oneOfAKindIsNotSeveral() {
    assertThat(lines(false, 1))
        .startsWith(
            "made      " + KEY.text() + " of 1 object: 1 byte instead of 30",
            "deleted   1 object, 1 byte",
            "aborted   1 upload that never ended",
            "note      a note");
    assertThat(lines(false, 2))
        .startsWith(
            "made      " + KEY.text() + " of 2 objects: 2 bytes instead of 30",
            "deleted   2 objects, 2 bytes",
            "aborted   2 uploads that never ended",
            "note      a note");
  }

  @Test
  void dryRunSaysWhatWouldBeDone() {
    assertThat(lines(true, 1))
        .startsWith(
            "make      " + KEY.text() + " of 1 object, 30 bytes",
            "drop      " + KEY.text() + ", 1 byte: why",
            "delete    1 object, 1 byte");
  }
}
