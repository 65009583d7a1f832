package dev.tidemark.shipper;

import java.util.List;

/// Faults on the way from the WAL to the spool.
final class PlantedInCapture {
  private static final String COUNTED = "    if (commits.size() != counted && !sameGeneration) {";
  private static final String CHAINED =
      "if (header.salts() != to.salts() || header.checksum() != sum || header.pgno() == 0) {";
  private static final String CHAIN_END = "if (sum != to.frameChecksum() || first";

  private PlantedInCapture() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "saltsIgnored", "a WAL that began anew is taken for the old one", Caught.TOO_EARLY)
            .in(
                "WalView",
                """
                        && header.salts() == cursor.salts()
                        && header.mxFrame() == cursor.frame();\
                """,
                "        && header.mxFrame() <= cursor.frame();"),
        PlantedBug.of(
                "generationIgnored",
                "reading goes on in the middle of a WAL that began anew, and frame checksums are"
                    + " not followed",
                Caught.PHANTOM)
            .from(7)
            .in(
                "CommitScan",
                "boolean sameGeneration = cursor.salts() == to.salts();",
                "boolean sameGeneration = true;")
            .in("CommitScan", CHAINED, "if (false) {")
            .in("CommitScan", CHAIN_END, "if (first"),
        PlantedBug.of(
                "pinReleasedTooEarly",
                "the WAL may begin anew before it was read, and iChange is not compared",
                Caught.PHANTOM)
            .from(9)
            .in(
                "Pinning",
                "    return canAllowReset() &&"
                    + " source.pin().allowOneReset(wal.latest().orElseThrow());",
                "    if (canAllowReset()) {\n      drop();\n    }\n    return false;")
            .in("CommitScan", COUNTED, "    if (false) {"),
        PlantedBug.of(
                "uncommittedFramesTaken",
                "whole frames beyond what the wal-index calls committed are taken",
                Caught.PHANTOM)
            .from(16)
            .in(
                "CommitScan",
                """
                  static CommitScan read(Source source, CaptureCursor cursor, WalIndexHeader to)
                      throws IOException, LostContinuityException {
                """,
                """
                  private static WalIndexHeader beyond(Source source, WalIndexHeader to) throws IOException {
                    byte[] frame = new byte[WalFormat.frameBytes(to.pageSize())];
                    long sum = to.frameChecksum();
                    WalIndexHeader end = to;
                    for (long n = to.mxFrame() + 1; to.mxFrame() > 0; n++) {
                      long at = WalFormat.frameOffset(n, to.pageSize());
                      if (source.readWal(at, frame, 0, frame.length) < frame.length) {
                        return end;
                      }
                      WalFrameHeader header = WalFrameHeader.decode(frame, 0);
                      sum = WalChecksum.frame(sum, frame, 0, to.pageSize(), to.checksumOrder());
                      if (header.salts() != to.salts() || header.checksum() != sum) {
                        return end;
                      }
                      if (header.commit() != 0) {
                        end =
                            new WalIndexHeader(
                                to.iChange(),
                                to.bigEndianChecksum(),
                                to.pageSize(),
                                n,
                                header.commit(),
                                sum,
                                to.salts());
                      }
                    }
                    return end;
                  }

                  static CommitScan read(Source source, CaptureCursor cursor, WalIndexHeader named)
                      throws IOException, LostContinuityException {
                    WalIndexHeader to = beyond(source, named);
                """),
        PlantedBug.of(
                "firstFrameWins", "of two frames of a page the first is taken", Caught.PHANTOM)
            .in(
                "WalPages",
                "i + 1 == to || entries.get(i + 1) >>> 32 != pgno;",
                "i == from || entries.get(i - 1) >>> 32 != pgno;"),
        PlantedBug.of(
                "cutPagesStayInTheChecksum",
                "pages that a transaction cuts off stay in the checksum",
                Caught.PHANTOM)
            .in("RollingChecksum", "      xor ^= sums.get(pgno);\n", ""),
        PlantedBug.of(
                "oldSumsStayInTheChecksum",
                "the old checksum of a page is not taken out",
                Caught.PHANTOM)
            .in("RollingChecksum", "xor ^= old ^ sum;", "xor ^= sum;"),
        PlantedBug.of(
                "comparisonWithoutTheWal",
                "a comparison reads the database file and not the WAL",
                Caught.PHANTOM)
            .in("ImageRead", "if (!scan.commits().isEmpty()) {", "if (scan.commits().isEmpty()) {")
            .in("ImageRead", "if (beyondFile <", "if (beyondFile + commit <"),
        PlantedBug.of(
                "stampTrustedWithoutTimes",
                "a database is unchanged if its file is the same one",
                Caught.PHANTOM)
            .in(
                "Continuity",
                "if (!known.hasTimes() || !known.equals(FileStamp.of(stat))) {",
                "if (false) {"),
        PlantedBug.of(
                "resyncForgotten",
                "what happened while nobody watched is skipped",
                Caught.TOO_EARLY)
            .in(
                "Capture",
                "        resync(\"the database changed while it was not watched\");",
                """
                WalIndexHeader now = stableHeader();
                spool.moveCursor(
                    new CaptureCursor(
                        now.salts(), now.mxFrame(), now.frameChecksum(), now.iChange()));\
                """),
        PlantedBug.of(
                "missingFileVouchedFor",
                "nothing is taken to be committed to a file that is missing",
                Caught.TOO_EARLY)
            .on("SimScheduleTest#commitsToAFileThatIsElsewhereAreWaitedFor")
            .in("Presence", "return missing && nothingLeft;", "return missing;"),
        PlantedBug.of(
                "missingFileRemembered",
                "a file that was missing at the last look is taken to be missing still",
                Caught.TOO_EARLY)
            .on("SimScheduleTest#commitsToAFileThatWasMissingAreWaitedFor")
            .in("Presence", "|| (missing && asked)", ""));
  }
}
