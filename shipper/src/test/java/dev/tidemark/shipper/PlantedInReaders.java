package dev.tidemark.shipper;

import java.util.List;

/// Faults in what is read from the bucket, by writers at their start and by restores.
final class PlantedInReaders {
  private PlantedInReaders() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of("slotsBelowTheBoundary", "rule 6: slots below the boundary count", Caught.NOT_RESTORED)
            .in("store", "Chain", "long floor = start().txid().value();", "long floor = 0;"),
        PlantedBug.of("boundaryIgnored", "rule 6: the log is read as if there were no boundary", Caught.NOT_RESTORED)
            .in("store", "Chain", "this.boundary = listing.boundary();", "this.boundary = Optional.empty();"),
        PlantedBug.of("boundaryReadBeforeTheList", "rule 6: the boundary is read before the log is listed", Caught.NOT_RESTORED)
            .in("store", "Chain", "    List<Item> objects = new ArrayList<>(Listing.items(store, ObjectKey.LOG));", "    Optional<BoundaryRecord> early =\n        database.isEmpty()\n            ? Optional.empty()\n            : Records.boundaryAfter(store, 0, database.get().databaseId());\n    List<Item> objects = new ArrayList<>(Listing.items(store, ObjectKey.LOG));")
            .in("store", "Chain", "        Records.boundaryAfter(store, 0, database.get().databaseId());\n    if (!store", "        early;\n    if (!store"),
        PlantedBug.of("firstBoundaryTaken", "the first newer boundary is taken for the last", Caught.NOT_RESTORED)
            .in("store", "Records", "while (absent - present > 1) {", "while (false) {"),
        PlantedBug.of("cutPagesReadAgain", "merge rule: pages beyond a later commit size count", Caught.NOT_RESTORED)
            .in("store", "NewestFirst", "      limit = Math.min(limit, contents.file(i).databasePages());\n", ""),
        PlantedBug.of("oldestPageWins", "merge rule: an older object's page replaces a newer one", Caught.NOT_RESTORED)
            .in("store", "NewestFirst", "if (pgno > fileLimit || done.contains(pgno)) {", "if (pgno > fileLimit) {"),
        PlantedBug.of("oldestPageWinsUnproven", "the same, and the sum of all pages is not proven", Caught.READ_WRONG)
            .in("store", "NewestFirst", "if (pgno > fileLimit || done.contains(pgno)) {", "if (pgno > fileLimit) {")
            .in("store", "PlanReader", "if (!checksum.equals(plan.target().checksum())) {", "if (false) {"),
        PlantedBug.of("firstOfAnObjectWins", "merge rule: within an object the first version of a page stays", Caught.NOT_RESTORED)
            .in("store", "NewestFirst", "    long before = current.put(pgno, checksum);", "    if (current.contains(pgno)) {\n      return false;\n    }\n    long before = current.put(pgno, checksum);"),
        PlantedBug.of("digestNotChecked", "damaged bytes are taken", Caught.READ_WRONG)
            .in("store", "PlanReader", "if (!checksum.equals(plan.target().checksum())) {", "if (false) {"));
  }
}
