package dev.tidemark.shipper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A deliberate fault: what is changed in the product, and what the checker has to say about it.
///
/// `rule` says what is broken, in the words of the table that is made of the list. It is looked for
/// in the runs of one seed after the other, or in a schedule (`Class#method`), where chance would
/// need very long. `firstSeed` saves time where chance shows it late. `edits` are more than one
/// where the product has a second defence, which is taken away too.
record PlantedBug(
    String name,
    String rule,
    List<Caught> by,
    Optional<String> schedule,
    long firstSeed,
    List<Edit> edits) {
  /// In a source file of a module, one text is replaced by another. The text is there exactly once.
  record Edit(String module, String type, String find, String replacement) {}

  PlantedBug {
    by = List.copyOf(by);
    edits = List.copyOf(edits);
  }

  /// A fault without edits yet, which one of these checks is to catch.
  static PlantedBug of(String name, String rule, Caught... by) {
    return new PlantedBug(name, rule, List.of(by), Optional.empty(), 1, List.of());
  }

  /// The same fault, looked for from a seed on.
  PlantedBug from(long seed) {
    return new PlantedBug(name, rule, by, schedule, seed, edits);
  }

  /// The same fault, to be caught in a schedule.
  PlantedBug on(String method) {
    return new PlantedBug(name, rule, by, Optional.of(method), firstSeed, edits);
  }

  /// The same fault with another edit of the shipper.
  PlantedBug in(String type, String find, String replacement) {
    return edit(new Edit("shipper", type, find, replacement));
  }

  /// The same fault with another edit of the store module.
  PlantedBug inStore(String type, String find, String replacement) {
    return edit(new Edit("store", type, find, replacement));
  }

  /// The same fault with another edit of the retention module.
  PlantedBug inRetention(String type, String find, String replacement) {
    return edit(new Edit("retention", type, find, replacement));
  }

  /// Whether it is looked for where most of a run is about retention.
  boolean isOfRetention() {
    return edits.stream().anyMatch(edit -> edit.module().equals("retention"));
  }

  private PlantedBug edit(Edit one) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(one);
    return new PlantedBug(name, rule, by, schedule, firstSeed, more);
  }

  /// Whether a failed run says first what is expected of this fault.
  boolean isCaught(String said) {
    return by.stream().anyMatch(check -> check.isSaidBy(said));
  }

  @Override
  public String toString() {
    return name;
  }
}
