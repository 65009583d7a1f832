package dev.tidemark.shipper;

import java.util.List;
import java.util.stream.Stream;

/// All planted faults.
final class PlantedBugs {
  private PlantedBugs() {}

  static List<PlantedBug> all() {
    return Stream.of(
            PlantedInUploads.all(),
            PlantedInStarts.all(),
            PlantedInCapture.all(),
            PlantedInSpool.all(),
            PlantedInReaders.all(),
            PlantedInMerges.all(),
            PlantedInRetention.all())
        .flatMap(List::stream)
        .toList();
  }
}
