package dev.tidemark.shipper;

import java.util.List;

/// Faults on the way from the WAL to the spool.
final class PlantedInCapture {
  private PlantedInCapture() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of("saltsIgnored", "a WAL that began anew is taken for the old one", Caught.STUCK)
            .in("shipper", "WalView", "        && header.salts() == cursor.salts()\n", ""),
        PlantedBug.of("generationIgnored", "reading goes on in the middle of a WAL that began anew", Caught.STUCK)
            .in("shipper", "CommitScan", "boolean sameGeneration = cursor.salts() == to.salts();", "boolean sameGeneration = true;"),
        PlantedBug.of("framesBeyondTheCommit", "frames that lie in the WAL and are not committed are taken", Caught.PHANTOM)
            .in(
                "shipper",
                "CommitScan",
                "  static CommitScan read(Source source, CaptureCursor cursor, WalIndexHeader to)\n      throws IOException, LostContinuityException {\n",
                """
                  private static WalIndexHeader beyond(Source source, WalIndexHeader to) throws IOException {
                    int frameBytes = WalFormat.frameBytes(to.pageSize());
                    byte[] frame = new byte[frameBytes];
                    long sum = to.frameChecksum();
                    WalIndexHeader end = to;
                    for (long n = to.mxFrame() + 1; ; n++) {
                      if (to.mxFrame() == 0
                          || source.readWal(WalFormat.frameOffset(n, to.pageSize()), frame, 0, frameBytes) < frameBytes) {
                        return end;
                      }
                      WalFrameHeader header = WalFrameHeader.decode(frame, 0);
                      sum = WalChecksum.frame(sum, frame, 0, to.pageSize(), to.checksumOrder());
                      if (header.salts() != to.salts() || header.checksum() != sum) {
                        return end;
                      }
                      if (header.commit() != 0) {
                        end = new WalIndexHeader(to.iChange(), to.bigEndianChecksum(), to.pageSize(), n, header.commit(), sum, to.salts());
                      }
                    }
                  }

                  static CommitScan read(Source source, CaptureCursor cursor, WalIndexHeader named)
                      throws IOException, LostContinuityException {
                    WalIndexHeader to = beyond(source, named);
                """),
        PlantedBug.of("pagesBeyondTheCommit", "frames of pages beyond the commit size are kept", Caught.PHANTOM)
            .in("shipper", "WalPages", "if (last && pgno <= commit && !pageSize.isLockPage(pgno)) {", "if (last && !pageSize.isLockPage(pgno)) {"),
        PlantedBug.of("firstFrameWins", "of two frames of a page the first is taken", Caught.PHANTOM)
            .in("shipper", "WalPages", "i + 1 == to || entries.get(i + 1) >>> 32 != pgno;", "i == from || entries.get(i - 1) >>> 32 != pgno;"),
        PlantedBug.of("cutPagesStayInTheChecksum", "pages that a transaction cuts off stay in the checksum", Caught.PHANTOM)
            .in("shipper", "RollingChecksum", "      xor ^= sums.get(pgno);\n", ""),
        PlantedBug.of("oldSumsStayInTheChecksum", "the old checksum of a page is not taken out", Caught.PHANTOM)
            .in("shipper", "RollingChecksum", "xor ^= old ^ sum;", "xor ^= sum;"),
        PlantedBug.of("sumsNotKept", "the page checksums of what is captured are forgotten", Caught.PHANTOM)
            .in("shipper", "SpoolLog", "    written.rolling().keep();\n", ""),
        PlantedBug.of("cursorAhead", "the cursor moves before the commits are in the spool", Caught.PHANTOM)
            .in("shipper", "Capture", "      if (!append(scan)) {", "      spool.moveCursor(scan.end());\n      if (!append(scan)) {"),
        PlantedBug.of("overlayForgotten", "a comparison reads the file and not the WAL", Caught.PHANTOM)
            .in("shipper", "ImageRead", "if (!scan.commits().isEmpty()) {", "if (scan.commits().isEmpty()) {")
            .in("shipper", "ImageRead", "if (beyondFile <", "if (beyondFile + commit <"),
        PlantedBug.of("pinReleasedTooEarly", "the WAL may begin anew before it was read, and nobody counts", Caught.PHANTOM)
            .in("shipper", "Pinning", "        && wal.isAllCaptured()\n        && wal.isBackfilled();", "        && wal.isBackfilled();")
            .in("shipper", "CommitScan", "if (commits.size() != counted && !sameGeneration) {", "if (false) {"),
        PlantedBug.of("noPin", "the WAL is not held, and nobody counts", Caught.PHANTOM)
            .in("shipper", "Pinning", "    captured = Optional.of(header);\n    boolean behind = wal.observe();", "    captured = Optional.of(header);\n    source.pin().release();\n    boolean behind = wal.observe();")
            .in("shipper", "CommitScan", "if (commits.size() != counted && !sameGeneration) {", "if (false) {"),
        PlantedBug.of("frameChecksumsNotFollowed", "frames are not held to the chain of their checksums", Caught.PHANTOM)
            .in("shipper", "CommitScan", "if (header.salts() != to.salts() || header.checksum() != sum) {", "if (false) {")
            .in("shipper", "CommitScan", "if (sum != to.frameChecksum() || first", "if (first"),
        PlantedBug.of("cursorFrameNotCompared", "a WAL goes on from the cursor if it has its salts", Caught.PHANTOM)
            .in("shipper", "Continuity", "there.salts() == cursor.salts() && there.checksum() == cursor.frameChecksum()", "there.salts() == cursor.salts()"),
        PlantedBug.of("emptyWalTrusted", "a WAL without frames goes on from a cursor without frames", Caught.PHANTOM)
            .in("shipper", "Continuity", "      // An empty WAL looks the same after it was written, checkpointed and deleted.\n      return false;", "      return true;"),
        PlantedBug.of("stampTrustedWithoutTimes", "a file is the same if its inode is", Caught.PHANTOM)
            .in("shipper", "Continuity", "if (!known.hasTimes() || !known.equals(FileStamp.of(stat))) {", "if (false) {"),
        PlantedBug.of("walNotSynced", "what was read from the WAL is published before the WAL is synced", Caught.PHANTOM)
            .in("shipper", "Capture", "    if (syncedBatches.get() < read && !closed) {\n      source.syncWal();", "    if (syncedBatches.get() < read && !closed) {"),
        PlantedBug.of("commitsJoined", "commits that are captured together become one transaction", Caught.PHANTOM)
            .in("shipper", "CommitScan", "if (header.commit() != 0) {", "if (header.commit() != 0 && frame + i == to.mxFrame()) {")
            .in("shipper", "CommitScan", "if (commits.size() != counted && !sameGeneration) {", "if (false) {"),
        PlantedBug.of("resyncForgotten", "after a loss of continuity capturing goes on from the end", Caught.PHANTOM)
            .in("shipper", "Capture", "        resync(\"the database changed while it was not watched\");", "        spool.moveCursor(new CaptureCursor(stableHeader().salts(), stableHeader().mxFrame(), stableHeader().frameChecksum(), stableHeader().iChange()));")
    );
  }
}
