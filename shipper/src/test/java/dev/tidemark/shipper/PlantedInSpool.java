package dev.tidemark.shipper;

import java.util.List;

/// Faults in the local state: spool and page table.
final class PlantedInSpool {
  private static final String FITS = "described.get().equals(spool.end()) && table.isConsistent();";

  private PlantedInSpool() {}

  static List<PlantedBug> all() {
    return List.of(
        PlantedBug.of(
                "sumsNotKept",
                "the page checksums of what is captured are forgotten",
                Caught.PHANTOM)
            .in("SpoolLog", "    written.rolling().keep();\n", ""),
        PlantedBug.of(
                "tableNotWritten",
                "the table says that it describes what it does not hold",
                Caught.PHANTOM)
            .in("SpoolEnd", "    sums.flush();\n", "    sums.clear();\n"),
        PlantedBug.of(
                "tableAheadOfTheSpool",
                "page checksums reach the table before their transactions the log, and a restart"
                    + " trusts the table",
                Caught.PHANTOM)
            .in(
                "DirtySums",
                "    if (count * 2 >= pgnos.length) {",
                """
                try {
                  table.put(pgno, checksum);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
                if (count * 2 >= pgnos.length) {\
                """)
            .in("LocalState", FITS, "described.get().equals(spool.end());"),
        PlantedBug.of(
                "tableDescribesAnUnwrittenLog",
                "the table describes transactions that are not in the log yet, and a restart does"
                    + " not compare their ends",
                Caught.PHANTOM)
            .in("Spool", "      logs.flush();\n      end.describe(", "      end.describe(")
            .in("LocalState", FITS, "table.isConsistent();"));
  }
}
