package dev.tidemark.shipper;

import java.util.List;

/// Faults in where the boundary moves, and in what is deleted.
final class PlantedInRetention {
  private PlantedInRetention() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "deletedBeforeVerified",
                "what takes the place of others is not read before they are deleted",
                Caught.BROKEN_LOG,
                Caught.UNPINNED,
                Caught.NOT_KEPT)
            .from(39)
            .inRetention(
                "Keeper",
                "      if (unread.isEmpty()) {\n        return new Proven(view, plan(view));",
                "      if (!unread.isEmpty() || true) {\n"
                    + "        return new Proven(view, plan(view.assumingSound()));"),
        PlantedBug.of(
                "boundaryPastTheLastSegment",
                "the boundary moves to the end of the last segment",
                Caught.LAST_SEGMENT)
            .inRetention(
                "BoundaryChoice",
                "Position end = segment.start();",
                "Position end = segment.end().orElse(segment.start());"),
        PlantedBug.of(
                "boundaryPastAPin",
                "the boundary passes a pin that no covers lead to",
                Caught.UNPINNED)
            .from(17)
            .inRetention(
                "BoundaryChoice",
                ".filter(pin -> !reached.contains(pin.position()))",
                ".filter(pin -> false)"),
        PlantedBug.of(
                "boundaryPastAReplica", "the boundary passes a live replica", Caught.REPLICA_LEFT)
            .inRetention("BoundaryChoice", ".filter(this::counts)", ".filter(replica -> false)"),
        PlantedBug.of(
                "boundaryAlongDamage",
                "the boundary moves along covers that were not verified",
                Caught.BROKEN_LOG)
            .on("SimRetentionScheduleTest#boundaryDoesNotMoveAlongADamagedCover")
            .inRetention("BoundaryChoice", "            .filter(View.Cover::isVerified)\n", ""),
        PlantedBug.of(
                "deletedBeforeTheBoundaryMoved",
                "segments are deleted before the boundary record is there",
                Caught.BROKEN_LOG)
            .inRetention(
                "Keeper",
                "      boolean isStored = move(number, to);",
                """
                      for (View.Segment segment : proven.view().above()) {
                        if (segment.start().txid().compareTo(to.txid()) < 0) {
                          store.delete(segment.item().key().text());
                        }
                      }
                      boolean isStored = move(number, to);\
                """),
        PlantedBug.of(
                "recordNumberReadAnew",
                "a boundary record takes the next number, not the one after that of the view",
                Caught.UNPINNED,
                Caught.BROKEN_LOG,
                Caught.NOT_KEPT)
            .on("SimInterleavingTest#pinAndMaintain")
            .inRetention(
                "Keeper",
                "      int number = number(proven.view());",
                """
                      int number =
                          Records.boundaryAfter(store, 0, databaseId)
                                  .map(BoundaryRecord::number)
                                  .orElse(0)
                              + 1;\
                """),
        PlantedBug.of(
                "promisesInBetweenIgnored",
                "a cover goes because of one that ends after a promised position",
                Caught.UNPINNED,
                Caught.NOT_KEPT)
            .inRetention("Replacements", "if (by.last() > next) {", "if (false) {"),
        PlantedBug.of(
                "policyForgotten", "the positions of the policy are not promised", Caught.NOT_KEPT)
            .inRetention(
                "Promises",
                "        promise(node, rule.unit().word() + \" \" +"
                    + " rule.unit().name(time.get()));\n",
                ""),
        PlantedBug.of("pinsForgotten", "pins are not promised", Caught.UNPINNED)
            .inRetention(
                "Promises", "        promise(pin.position(), \"pin \" + pin.name());\n", ""),
        PlantedBug.of(
                "crossingIgnored",
                "a cover goes because of one that crosses another",
                Caught.BROKEN_LOG,
                Caught.UNPINNED,
                Caught.NOT_KEPT)
            .on("SimRetentionScheduleTest#nothingGoesBecauseOfACrossedCover")
            .inRetention("Replacements", "        && !crossings.isCrossed(cover)\n", ""),
        PlantedBug.of(
                "justifiedBySomethingLower",
                "of two covers of one range the higher one goes because of the lower one, and that"
                    + " because of the higher one",
                Caught.BROKEN_LOG,
                Caught.UNPINNED,
                Caught.NOT_KEPT)
            .inRetention(
                "Replacements",
                "        smallest(cover, around).ifPresent(by -> found.put(cover, by));",
                """
                        smallest(cover, around).ifPresent(by -> found.put(cover, by));
                        for (View.Cover other : below) {
                          if (other != cover
                              && other.isVerified()
                              && other.before() == cover.before()
                              && other.last() == cover.last()) {
                            found.put(cover, other);
                          }
                        }\
                """));
  }
}
