package dev.tidemark.shipper;

import java.util.List;

/// Faults in what a writer decides at its start (rule 4 of the slot protocol).
final class PlantedInStarts {
  private PlantedInStarts() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "spoolDroppedAtStart",
                "rule 4: what an earlier run spooled is dropped",
                Caught.DROPPED)
            .in("Spool", "    logs.recover(closed, end.replay());\n", ""),
        PlantedBug.of(
                "headNotOnRecord",
                "rule 4: a writer goes on from a head that is not on its record",
                Caught.HIJACK)
            .from(11)
            .in(
                "StartDecision",
                "    if (local.isPresent() && onRecord.test(head)) {\n      return new Continue",
                "    if (local.isPresent()) {\n      return new Continue"),
        PlantedBug.of(
                "runIdsDecide",
                "rule 4: a head is ours if one of our runs wrote it",
                Caught.HIJACK,
                Caught.NOT_STORED,
                Caught.NEVER_HERE)
            .from(13)
            .in(
                "Opening",
                "            onRecord,\n            remote.map(",
                "            at -> onRecord.test(at) || isByOneOf(record),\n"
                    + "            remote.map(")
            .in(
                "Opening",
                "  /// Does what was decided, with the database at hand if need be.",
                """
                private boolean isByOneOf(Optional<LocalRecord> record) {
                  try {
                    return dev.tidemark.store.Chain.read(config.store())
                        .orElseThrow()
                        .lastSegment(config.store())
                        .filter(index -> record.orElseThrow().runs().contains(index.identity().runId()))
                        .isPresent();
                  } catch (StoreException | DamagedLogException | InterruptedException e) {
                    return false;
                  }
                }

                /// Does what was decided, with the database at hand if need be.\
                """),
        PlantedBug.of(
                "databaseNotCompared",
                "rule 4: a writer that has no record of the head goes on with whatever it has",
                Caught.NEVER_HERE,
                Caught.HIJACK)
            .in("Opening", "if (!filled.checksum().equals(head.checksum())) {", "if (false) {"),
        PlantedBug.of(
                "takeOverOfAnyHead",
                "rule 4: --take-over is valid for any head",
                Caught.HIJACK,
                Caught.NOT_FENCED)
            .on("SimScheduleTest#takeOverOfAnOldHeadIsRefused")
            .in("StartDecision", "if (!takeOver.get().equals(head)) {", "if (false) {"),
        PlantedBug.of(
                "comparedWithAnotherHead",
                "a take-over compares the database with the table of another position",
                Caught.PHANTOM)
            .on("SimScheduleTest#proofOfOneSlotSaysNothingAboutTheNext")
            .in(
                "Opening",
                "new RestoreTarget.AtTxid(position.txid())",
                "new RestoreTarget.AtTxid(position.txid().previous())")
            .in("Opening", "if (!read.position().equals(position)) {", "if (false) {"),
        PlantedBug.of(
                "identityNotFixed",
                "a new log's identity is drawn anew at each start; no conditions",
                Caught.STUCK)
            .on("SimScheduleTest#whereThereAreNoConditionsALateIdentityIsTheSame")
            .in(
                "Opening",
                "intended.orElseGet(() -> Id128.random(context.random()));",
                "Id128.random(context.random());"),
        PlantedBug.of(
                "segmentsDroppedAtStart",
                "rule 4: segments that wait are dropped at the start",
                Caught.FENCED)
            .in(
                "ClosedSegments",
                "boolean next = name.equals(SpooledObject.fileName(end));",
                "boolean next = false;"),
        PlantedBug.of(
                "spoolNotReplayed",
                "rule 4: the page table is not brought forward over the spool at the start",
                Caught.PHANTOM)
            .in(
                "TableReplay",
                "      if (wanted) {\n        table.put(",
                "      if (false) {\n        table.put("));
  }
}
