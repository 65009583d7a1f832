package dev.tidemark.shipper;

import java.util.List;

/// Faults in how merged files and snapshots are made.
final class PlantedInMerges {
  private PlantedInMerges() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "segmentLeftOutOfAMerge",
                "the pages of a segment in the middle of a merge are left out",
                Caught.COVER)
            .from(10)
            .inRetention(
                "MergeInputs",
                "        if (i <= last) {\n",
                """
                        if (i <= last) {
                          while (index != first() && !isLast && object.next()) {}
                """),
        PlantedBug.of(
                "snapshotOfAnOldBase",
                "a snapshot is made of the first snapshot and what follows the last one",
                Caught.FALSE_ALARM,
                Caught.COVER)
            .from(75)
            .inRetention(
                "SnapshotDue",
                "        last.ifPresent(snapshot -> steps.add(CoverPaths.Step.of(snapshot)));",
                """
                      objects.covers().stream()
                          .filter(cover -> cover.level() == Merge.SNAPSHOT)
                          .findFirst()
                          .ifPresent(snapshot -> steps.add(CoverPaths.Step.of(snapshot)));\
                """),
        PlantedBug.of(
                "coverNotReadBack",
                "what was stored is taken for sound without reading it back",
                Caught.BROKEN_LOG,
                Caught.UNPINNED,
                Caught.NOT_KEPT)
            .from(32)
            .inRetention(
                "Compactor",
                "        object.verifyStored(store, listener);\n",
                """
                        if (attempt == PUT_ATTEMPTS) {
                          object.verifyStored(store, listener);
                        }
                """),
        PlantedBug.of(
                "orphanTakenForAnInput",
                "rule 8: slots below the boundary are merged, and it is not read after the inputs",
                Caught.COVER)
            .on("SimRetentionScheduleTest#orphanBelowTheBoundaryIsNoInput")
            .inRetention(
                "LogObjects",
                "    this.slots = view.above();",
                "    this.slots = new ArrayList<>(view.below());\n"
                    + "    this.slots.addAll(view.above());")
            .inRetention("Compactor", "if (!stillCounts(merge)) {", "if (false) {"));
  }
}
