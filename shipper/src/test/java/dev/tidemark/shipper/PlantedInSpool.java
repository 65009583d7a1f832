package dev.tidemark.shipper;

import java.util.List;

/// Faults in the local state: spool, page table, and what a restart makes of them.
final class PlantedInSpool {
  private PlantedInSpool() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of("spoolDroppedAtStart", "rule 4: what an earlier run spooled is dropped", Caught.FENCED)
            .in("shipper", "Spool", "    logs.recover(end, replay);\n", ""),
        PlantedBug.of("segmentsDroppedAtStart", "rule 4: segments that wait are dropped at the start", Caught.FENCED)
            .in("shipper", "Spool", "boolean next = name.equals(SpooledObject.fileName(end));", "boolean next = false;"),
        PlantedBug.of("logsInTheWrongOrder", "the newer log is read before the older one", Caught.FENCED)
            .in("shipper", "SpoolLogs", "if (newer.firstTxid() < older.firstTxid()) {", "if (newer.firstTxid() > older.firstTxid()) {"),
        PlantedBug.of("tableTrustedAfterAPowerCut", "a restart trusts the page checksums without proof", Caught.PHANTOM)
            .in("shipper", "Opening", "described.get().equals(spool.end()) && table.isConsistent();", "described.get().equals(spool.end());"),
        PlantedBug.of("tableAheadOfTheSpool", "page checksums reach the table before their transactions the log", Caught.PHANTOM)
            .in("shipper", "DirtySums", "    if (count * 2 >= pgnos.length) {", "    try {\n      table.put(pgno, checksum);\n    } catch (IOException e) {\n      throw new java.io.UncheckedIOException(e);\n    }\n    if (count * 2 >= pgnos.length) {")
            .in("shipper", "Opening", "described.get().equals(spool.end()) && table.isConsistent();", "described.get().equals(spool.end());"),
        PlantedBug.of("tableNotWritten", "the table says that it describes what it does not hold yet", Caught.PHANTOM)
            .in("shipper", "Spool", "    sums.flush();\n", "    sums.clear();\n"),
        PlantedBug.of("tableNotShrunk", "sums of pages that were cut off stay in the table", Caught.PHANTOM)
            .in("shipper", "Spool", "    table.shrink(commit, head.map(PageTable.Head::commit).orElse(commit));\n", ""),
        PlantedBug.of("logAheadUnflushed", "the table describes transactions that are not in the log yet", Caught.PHANTOM)
            .in("shipper", "Spool", "    logs.flush();\n    sums.flush();", "    sums.flush();")
            .in("shipper", "Opening", "described.get().equals(spool.end()) && table.isConsistent();", "table.isConsistent();"),
        PlantedBug.of("tornRecordTaken", "a record that a crash tore is taken for whole", Caught.STUCK)
            .in("shipper", "SpoolLog", "length > size - file || !isWhole(file, length)", "length > size - file"),
        PlantedBug.of("failedAppendStays", "what a failed append left is not overwritten", Caught.STUCK)
            .in("shipper", "SpoolLog", "    // Whatever way the last try failed, what it wrote does not count.\n    out.moveTo(bytes);\n", ""),
        PlantedBug.of("failedSegmentStays", "the file of a transaction that failed is left", Caught.PHANTOM)
            .in("shipper", "Spool", "      files.delete(failed.get());\n", ""),
        PlantedBug.of("failedSyncForgotten", "a sync after a failed one is believed", Caught.FENCED)
            .in("shipper", "SpoolLog", "    } catch (IOException e) {\n      suspect = true;\n", "    } catch (IOException e) {\n"),
        PlantedBug.of("notReplayed", "the table is not brought forward over the spool at the start", Caught.STUCK)
            .in("shipper", "TableReplay", "      if (wanted) {\n        table.put(", "      if (false) {\n        table.put("),
        PlantedBug.of("staleSegmentTaken", "a segment of an earlier history is taken at the start", Caught.FENCED)
            .in("shipper", "Spool", "boolean next = name.equals(SpooledObject.fileName(end));", "boolean next = name.startsWith(end.txid().next().toString());"),
        PlantedBug.of("recordAppended", "a position that is only spooled is on record as stored", Caught.FENCED)
            .in("shipper", "Delivery", "    if (!record.stored().equals(stored)) {\n      LocalRecord next = record.withStored(stored, storedMillis);", "    if (!record.stored().equals(spool.end())) {\n      LocalRecord next = record.withStored(spool.end(), storedMillis);")
    );
  }
}
