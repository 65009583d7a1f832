package dev.tidemark.shipper;

import java.util.List;

/// Faults in what is read from the bucket, by writers at their start and by restores (rule 6).
final class PlantedInReaders {
  private static final String TAKEN = "if (pgno > fileLimit || done.contains(pgno)) {";

  private PlantedInReaders() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "slotsBelowTheBoundary",
                "rule 6: slots below the boundary count",
                Caught.NOT_RESTORED,
                Caught.STUCK)
            .on("SimScheduleTest#orphanIsNeitherFollowedNorRestored")
            .inStore("Chain", "long floor = start().txid().value();", "long floor = 0;"),
        PlantedBug.of(
                "coversListedFirst",
                "rule 6: what covers the log below the boundary is listed before the boundary is"
                    + " read, and nobody looks whether it does",
                Caught.NOT_RESTORED)
            .on("SimRequestScheduleTest#boundaryThatMovesBeforeTheLogIsListedIsSeen")
            .inStore(
                "Chain",
                "    List<Item> objects = new ArrayList<>(LogListing.items(store, requests));",
                """
                List<Item> early = new ArrayList<>(Listing.items(store, ObjectKey.SNAPSHOTS));
                early.addAll(0, Listing.items(store, ObjectKey.MERGED));
                List<Item> objects = new ArrayList<>(LogListing.items(store, requests));\
                """)
            .inStore("Chain", "    objects.addAll(Listing.items(store, ObjectKey.MERGED));\n", "")
            .inStore(
                "Chain",
                "    objects.addAll(Listing.items(store, ObjectKey.SNAPSHOTS));",
                "    objects.addAll(early);")
            .inStore("Chain", "(!isSlotAtStart() || !isStartCovered())", "!isSlotAtStart()"),
        PlantedBug.of(
                "firstBoundaryTaken",
                "rule 2: the first newer boundary is taken for the last",
                Caught.NOT_STORED)
            .on("SimTwinsTest#everyNewerBoundaryIsRead")
            .inStore(
                "BoundarySearch",
                "while (absent - present > 1) {",
                "while (absent - present > Long.MAX_VALUE - 1) {"),
        PlantedBug.of(
                "oldestPageWins",
                "merge rule: an older object's page replaces a newer one",
                Caught.NOT_RESTORED)
            .inStore("NewestFirst", TAKEN, "if (pgno > fileLimit) {"),
        PlantedBug.of(
                "oldestPageWinsUnproven",
                "the same, and the sum of all pages is not proven",
                Caught.READ_WRONG)
            .inStore("NewestFirst", TAKEN, "if (pgno > fileLimit) {")
            .inStore(
                "PlanReader", "if (!checksum.equals(plan.target().checksum())) {", "if (false) {"),
        PlantedBug.of(
                "firstOfAnObjectWins",
                "merge rule: within a segment the first version of a page stays",
                Caught.NOT_RESTORED)
            .inStore(
                "NewestFirst",
                "    long before = current.put(pgno, checksum);\n",
                """
                    long before = current.put(pgno, checksum);
                    if (before != 0) {
                      current.put(pgno, before);
                      return false;
                    }
                """));
  }
}
