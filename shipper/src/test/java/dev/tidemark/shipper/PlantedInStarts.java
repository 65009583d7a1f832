package dev.tidemark.shipper;

import java.util.List;

/// Faults in what a writer decides at its start.
final class PlantedInStarts {
  private PlantedInStarts() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of("headNotOnRecord", "rule 4: a writer goes on from a head that is not on its record", Caught.HIJACK)
            .in("shipper", "StartDecision", "    if (local.isPresent() && onRecord.test(head)) {\n      return new Continue", "    if (local.isPresent()) {\n      return new Continue"),
        PlantedBug.of("runIdsDecide", "rule 4: a head is ours if one of our runs wrote it", Caught.HIJACK)
            .in("shipper", "Opening", "            onRecord,\n            remote.map(", "            head -> onRecord.test(head) || record.stream().anyMatch(r -> r.runs().contains(lastRun())),\n            remote.map(")
            .in("shipper", "Opening", "  /// Does what was decided, with the database at hand if need be.", """
              private Id128 lastRun() {
                try {
                  return dev.tidemark.store.Chain.read(config.store())
                      .orElseThrow()
                      .lastSegment(config.store())
                      .map(index -> index.identity().runId())
                      .orElse(Id128.ZERO);
                } catch (StoreException | DamagedLogException | InterruptedException e) {
                  return Id128.ZERO;
                }
              }

              /// Does what was decided, with the database at hand if need be."""),
        PlantedBug.of("databaseNotCompared", "rule 4: a writer without a record of the head goes on, whatever its database holds", Caught.HIJACK)
            .in("shipper", "Opening", "if (!filled.checksum().equals(head.checksum())) {", "if (false) {"),
        PlantedBug.of("takeOverOfAnyHead", "rule 4: --take-over is valid for any head", Caught.HIJACK)
            .in("shipper", "StartDecision", "if (!takeOver.get().equals(head)) {", "if (false) {"),
        PlantedBug.of("tableOfTheWrongHead", "a writer that goes on from the head compares with the table of another position", Caught.PHANTOM)
            .in("shipper", "Opening", "new RestoreTarget.AtTxid(position.txid())", "new RestoreTarget.AtTxid(position.txid().value() > 1 ? position.txid().previous() : position.txid())")
            .in("shipper", "Opening", "if (!read.position().equals(position)) {", "if (false) {"));
  }
}
