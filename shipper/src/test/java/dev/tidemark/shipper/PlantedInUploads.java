package dev.tidemark.shipper;

import java.util.List;

/// Faults on the way from the spool to the bucket.
final class PlantedInUploads {
  private PlantedInUploads() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "acknowledgedBeforeThePut",
                "what is captured is reported as stored",
                Caught.NOT_STORED)
            .in(
                "shipper",
                "DatabaseLife",
                "syncs.stored(ship.delivery().knownStored());",
                "syncs.stored(ship.captured());"),
        PlantedBug.of(
                "unclearAnswerIsSuccess",
                "rule 3: no answer to a put counts as stored",
                Caught.NOT_STORED)
            .in(
                "shipper",
                "Uploader",
                "object.body(files)) == PutOutcome.STORED",
                "object.body(files)) != PutOutcome.PRESENT"),
        PlantedBug.of(
                "absentSlotIsSuccess",
                "rule 3: a slot that is read back and absent counts as stored",
                Caught.NOT_STORED)
            .in(
                "shipper",
                "Uploader",
                "case SlotVerdict.Absent() -> new Outcome.Failed(\"no clear answer to the put of \" + key);",
                "case SlotVerdict.Absent() -> new Outcome.Stored();"),
        PlantedBug.of(
                "twoUploadsAtOnce",
                "rule 1: the next segment is put before the one before is known to be stored",
                Caught.BROKEN_LOG)
            .in(
                "shipper",
                "Delivery",
                "return uploader.isPresent() && !underWay && !spool.isEmpty() && now",
                "return uploader.isPresent() && !spool.isEmpty() && now")
            .in(
                "shipper",
                "Delivery",
                "  boolean isUnderWay() {\n    return underWay;",
                "  boolean isUnderWay() {\n    return false;")
            .in("shipper", "Delivery", "if (spool.first().isPresent()) {", "if (spool.first().isPresent() && !(underWay && spool.hasMore())) {")
            .in(
                "shipper",
                "Spool",
                "  /// Hands everything appended to the operating system.",
                "  boolean hasMore() {\n    return !logs.isEmpty() && sealing.isEmpty();\n  }\n\n  /// Hands everything appended to the operating system."),
        PlantedBug.of(
                "newestSegmentFirst",
                "rule 1: segments are put out of order",
                Caught.BROKEN_LOG)
            .in("shipper", "Spool", "closed.peekFirst()", "closed.peekLast()"),
        PlantedBug.of(
                "regroupedOnRetry",
                "rule 1: a segment is made anew, with more in it, when it is put again",
                Caught.FENCED)
            .in(
                "shipper",
                "Spool",
                "      closed.add(done.made());\n      sealing = Optional.empty();\n      logs.sealed().dropFirst(done.transactions());",
                "      sealing = Optional.empty();"),
        PlantedBug.of(
                "segmentNotSynced",
                "rule 1: a segment is put before its transactions are synced",
                Caught.FENCED)
            .in("shipper", "SpooledObject", "        handle.sync();\n", ""),
        PlantedBug.of(
                "segmentNameNotSynced",
                "rule 1: a segment is put before its name is durable",
                Caught.FENCED)
            .in("shipper", "SpooledObject", "      files.syncFolder();\n", ""),
        PlantedBug.of(
                "nameBeforeSync",
                "rule 1: a segment has its name before it is synced",
                Caught.FENCED)
            .in("shipper", "SpooledObject", "files.open(name + PARTIAL)", "files.open(name)")
            .in("shipper", "SpooledObject", "      files.rename(name + PARTIAL, name);\n", ""),
        PlantedBug.of(
                "droppedBeforeStored",
                "a segment leaves the spool before it is stored",
                Caught.BROKEN_LOG)
            .in(
                "shipper",
                "Delivery",
                "    Uploader.Outcome outcome = attempt(to, object);",
                "    host.inTurn(() -> spool.dropUpTo(object.end()));\n    Uploader.Outcome outcome = attempt(to, object);"),
        PlantedBug.of(
                "recordedBeforeStored",
                "a segment is on record as stored before it is",
                Caught.FENCED)
            .in(
                "shipper",
                "Delivery",
                "    Uploader.Outcome outcome = attempt(to, object);",
                "    local.run(() -> before.withStored(object.end(), object.lastTimestampMillis()).write(files));\n    Uploader.Outcome outcome = attempt(to, object);"),
        PlantedBug.of(
                "droppedBeforeRecorded",
                "a segment leaves the spool before it is on record as stored",
                Caught.FENCED)
            .in(
                "shipper",
                "Delivery",
                "        stored = object.end();\n",
                "        stored = object.end();\n        spool.forget(stored);\n")
            .in(
                "shipper",
                "Spool",
                "  /// Drops what lies up to a position that is stored, and is on record as stored.",
                """
                  void forget(Position stored) {
                    try {
                      dropUpTo(stored);
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }

                  /// Drops what lies up to a position that is stored, and is on record as stored."""),
        PlantedBug.of(
                "segmentLeftOut",
                "a transaction is lost between two segments",
                Caught.BROKEN_LOG)
            .in(
                "shipper",
                "Spool",
                "logs.sealed().dropFirst(done.transactions());",
                "logs.sealed().dropFirst(done.transactions() + (logs.sealed().holds(done.transactions() + 2) ? 1 : 0));")
            .in(
                "shipper",
                "SpoolLog",
                "  /// Bytes of the file in use.",
                "  boolean holds(int count) {\n    return rows.size() >= count;\n  }\n\n  /// Bytes of the file in use."),
        PlantedBug.of("boundaryNotRead", "rule 2: the boundary is not read after a put", Caught.NOT_STORED)
            .in("shipper", "Uploader", "        return prove(object.slot());", "        return new Outcome.Stored();"),
        PlantedBug.of("boundaryReadBeforeThePut", "rule 2: the boundary is read before the put", Caught.NOT_STORED)
            .in(
                "shipper",
                "Uploader",
                "    try {\n      if (store.putIfAbsent(",
                "    try {\n      Outcome proof = prove(object.slot());\n      if (!(proof instanceof Outcome.Stored)) {\n        return proof;\n      }\n      if (store.putIfAbsent(")
            .in("shipper", "Uploader", "        return prove(object.slot());", "        return proof;"),
        PlantedBug.of("adoptionIsProof", "rule 3: what lies in the slot and is ours counts, whatever the boundary", Caught.NOT_STORED)
            .in("shipper", "Uploader", "case SlotVerdict.Ours() -> prove(object.slot());", "case SlotVerdict.Ours() -> new Outcome.Stored();"),
        PlantedBug.of("absenceIsProof", "rule 3: a slot that was read back and absent needs no other proof later", Caught.NOT_STORED)
            .in("shipper", "Uploader", "  private int knownBoundary;", "  private int knownBoundary;\n  private boolean fresh;")
            .in("shipper", "Uploader", "case SlotVerdict.Absent() -> new Outcome.Failed(\"no clear answer to the put of \" + key);", "case SlotVerdict.Absent() -> {\n        fresh = true;\n        yield new Outcome.Failed(\"no clear answer to the put of \" + key);\n      }")
            .in("shipper", "Uploader", "        return prove(object.slot());", "        if (fresh) {\n          fresh = false;\n          return new Outcome.Stored();\n        }\n        return prove(object.slot());"),
        PlantedBug.of("presentIsSuccess", "rule 3: a slot that is taken counts as stored, whoever holds it", Caught.NOT_STORED)
            .in("shipper", "SlotVerdict", "return same ? new Ours() :", "return true ? new Ours() :")
,
        PlantedBug.of("adoptedByItsEnd", "rule 3: a slot is ours if it ends where ours does", Caught.NOT_STORED)
            .in("shipper", "SlotVerdict", "if (!a.start().equals(b.start()) || a.fileCount() != b.fileCount()) {", "if (a.start().equals(b.start()) && a.end().equals(b.end())) {\n      return true;\n    }\n    if (!a.start().equals(b.start()) || a.fileCount() != b.fileCount()) {"),
        PlantedBug.of("adoptedWithoutRun", "rule 3: a slot is ours whichever run wrote it", Caught.NOT_STORED)
            .in("shipper", "SlotVerdict", "            && runs.contains(writer)\n", ""));
  }
}
