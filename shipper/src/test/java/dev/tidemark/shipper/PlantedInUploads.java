package dev.tidemark.shipper;

import java.util.List;

/// Faults on the way from the spool to the bucket (rules 1 to 3 of the slot protocol).
final class PlantedInUploads {
  private static final String ATTEMPT = "    Uploader.Outcome outcome = attempt(to, object);";
  private static final String PROVEN_PUT = "        return prove(object.slot());";

  private PlantedInUploads() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "walNotSynced",
                "the WAL is not synced before what was read from it is stored",
                Caught.AHEAD)
            .from(41)
            .in(
                "Delivery",
                "CompletableFuture.runAsync(() -> local.run(syncWal), context.requests());",
                "CompletableFuture.runAsync(() -> {}, context.requests());"),
        PlantedBug.of(
                "acknowledgedBeforeThePut",
                "what is captured is reported as stored",
                Caught.NOT_STORED)
            .in(
                "Steps",
                "syncs.stored(ship.delivery().knownStored());",
                "syncs.stored(ship.captured());"),
        PlantedBug.of(
                "twoUploadsAtOnce",
                "rule 1: the next segment is put before the one before is known to be stored",
                Caught.BROKEN_LOG)
            .in(
                "Delivery",
                "return uploader.isPresent() && !underWay && !spool.isEmpty() && now",
                "return uploader.isPresent() && !spool.isEmpty() && now")
            .in(
                "Delivery",
                "  boolean isUnderWay() {\n    return underWay;",
                "  boolean isUnderWay() {\n    return false;")
            .in(
                "Delivery",
                "if (spool.first().isPresent()) {",
                "if (spool.first().isPresent() && !(underWay && spool.hasMore())) {")
            .in(
                "Spool",
                "  /// Hands everything appended to the operating system.",
                """
                boolean hasMore() {
                  return !logs.isEmpty() && sealing.isEmpty();
                }

                /// Hands everything appended to the operating system.\
                """),
        PlantedBug.of(
                "newestSegmentFirst", "rule 1: segments are put out of order", Caught.BROKEN_LOG)
            .in("ClosedSegments", "closed.peekFirst()", "closed.peekLast()"),
        PlantedBug.of(
                "segmentWithoutItsEnd",
                "a transaction is lost between two segments",
                Caught.BROKEN_LOG)
            .in(
                "SpoolLog",
                "List.copyOf(rows.subList(0, count))",
                "List.copyOf(rows.subList(0, Math.max(1, count - 1)))")
            .in(
                "SpoolLog",
                "  void dropFirst(int count) throws IOException {\n",
                """
                  void dropFirst(int few) throws IOException {
                    int count = Math.min(few + 1, rows.size());
                """),
        PlantedBug.of(
                "regroupedAfterARestart",
                "rule 1: a segment that waits is made anew after a restart; no conditions",
                Caught.BROKEN_LOG,
                Caught.CHANGED,
                Caught.HEAD_BACK)
            .on(
                "SimScheduleTest#whereThereAreNoConditionsTheIdenticalSegmentIsPutAgainAfterARestart")
            .in(
                "ClosedSegments",
                "boolean next = name.equals(SpooledObject.fileName(end));",
                "boolean next = false;"),
        PlantedBug.of(
                "segmentNotSynced",
                "rule 1: a segment is put before its transactions are synced",
                Caught.FENCED)
            .from(43)
            .in("SpooledObject", "        handle.sync();\n", ""),
        PlantedBug.of(
                "segmentNameNotSynced",
                "rule 1: a segment is put before its name is durable",
                Caught.FENCED)
            .in("SpooledObject", "      files.syncFolder();\n", ""),
        PlantedBug.of(
                "droppedBeforeStored",
                "a segment leaves the spool before it is stored",
                Caught.FENCED)
            .in(
                "Delivery",
                ATTEMPT,
                "    host.inTurn(() -> spool.dropUpTo(object.end()));\n" + ATTEMPT),
        PlantedBug.of(
                "recordedBeforeStored",
                "a segment is on record as stored before it is",
                Caught.FENCED)
            .in(
                "Delivery",
                ATTEMPT,
                """
                    LocalRecord early = before.withStored(object.end(), 0);
                    local.run(() -> early.write(files));
                """
                    + ATTEMPT),
        PlantedBug.of(
                "spooledIsOnRecordAsStored",
                "a position that is only spooled is on record as stored",
                Caught.NOT_STORED)
            .in(
                "Delivery",
                """
                    if (!record.stored().equals(stored)) {
                      LocalRecord next = record.withStored(stored, storedMillis);\
                """,
                """
                    if (!record.stored().equals(spool.end())) {
                      LocalRecord next = record.withStored(spool.end(), storedMillis);\
                """),
        PlantedBug.of(
                "boundaryNotRead",
                "rule 2: the boundary is not read after a put",
                Caught.NOT_STORED)
            .on("SimScheduleTest#orphanIsNeitherFollowedNorRestored")
            .in("Uploader", PROVEN_PUT, "        return new Outcome.Stored();"),
        PlantedBug.of(
                "boundaryReadBeforeThePut",
                "rule 2: the boundary is read before the put",
                Caught.NOT_STORED)
            .on("SimScheduleTest#orphanIsNeitherFollowedNorRestored")
            .in(
                "Uploader",
                "    try {\n      if (store.putIfAbsent(",
                """
                    try {
                      Outcome proof = prove(object.slot());
                      if (store.putIfAbsent(\
                """)
            .in("Uploader", PROVEN_PUT, "        return proof;"),
        PlantedBug.of(
                "adoptionIsProof",
                "rule 3: what lies in the slot and is ours counts, whatever the boundary",
                Caught.NOT_STORED)
            .on("SimTwinsTest#findingOneselfInADeletedSlotIsNoProof")
            .in(
                "Uploader",
                "case SlotVerdict.Ours() -> prove(object.slot());",
                "case SlotVerdict.Ours() -> new Outcome.Stored();"),
        PlantedBug.of(
                "absenceIsProof",
                "rule 3: a slot that was read back and absent needs no other proof later",
                Caught.NOT_STORED)
            .on("SimTwinsTest#absentSlotIsNoProof")
            .in(
                "Uploader",
                "  private int knownBoundary;",
                "  private int knownBoundary;\n  private boolean fresh;")
            .in(
                "Uploader",
                "case SlotVerdict.Absent() -> new",
                "case SlotVerdict.Absent() -> absent(")
            .in("Uploader", " Outcome.Failed(\"no clear answer to the put of \" + key);", "key);")
            .in(
                "Uploader",
                PROVEN_PUT,
                "        return fresh ? new Outcome.Stored() : prove(object.slot());")
            .in(
                "Uploader",
                "  /// No clear answer, or a refusal: what lies in the slot decides.",
                """
                private Outcome absent(String key) {
                  fresh = true;
                  return new Outcome.Failed(key);
                }

                /// No clear answer, or a refusal: what lies in the slot decides.\
                """),
        PlantedBug.of(
                "absentSlotIsSuccess",
                "rule 3: a slot that is read back and absent counts as stored",
                Caught.NOT_STORED)
            .on("SimTwinsTest#absentSlotIsNoProof")
            .in(
                "Uploader",
                "new Outcome.Failed(\"no clear answer to the put of \" + key);",
                "new Outcome.Stored();"),
        PlantedBug.of(
                "unclearAnswerIsSuccess",
                "rule 3: no answer to a put counts as stored",
                Caught.NOT_STORED,
                Caught.BROKEN_LOG)
            .on("SimRequestScheduleTest#lostRequestIsMadeAgain")
            .in(
                "Uploader",
                "object.body(files)) == PutOutcome.STORED",
                "object.body(files)) != PutOutcome.PRESENT"),
        PlantedBug.of(
                "presentIsSuccess",
                "rule 3: a slot that is taken counts as stored, whoever holds it",
                Caught.BROKEN_LOG,
                Caught.NOT_STORED)
            .in("SlotVerdict", "return same ? new Ours() :", "return true ? new Ours() :"),
        PlantedBug.of(
                "adoptedByItsEnd",
                "rule 3: a slot is ours if it ends where ours does",
                Caught.NOT_FENCED)
            .on("FencingScheduleTest#sameEndByAnotherWayIsNotAdopted")
            .in(
                "SlotVerdict",
                "      if (!a.position(i).equals(b.position(i))) {",
                "      if (i == a.fileCount() - 1 && !a.position(i).equals(b.position(i))) {"),
        PlantedBug.of(
                "adoptedWithoutRun",
                "rule 3: a slot is ours whichever run wrote it",
                Caught.NOT_FENCED)
            .on("SimScheduleTest#twoTakeOversOfOnePositionAreNotBothTheWriter")
            .in("SlotVerdict", "            && runs.contains(writer)\n", ""),
        PlantedBug.of(
                "runsForgotten", "rule 3: a run is not recorded before it writes", Caught.STUCK)
            .on("SimRequestScheduleTest#lostAnswerAfterARestartIsFoundToBeOurs")
            .in("LocalRecord", "    all.add(run);\n", ""));
  }
}
