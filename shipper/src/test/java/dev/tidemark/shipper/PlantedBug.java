package dev.tidemark.shipper;

import java.util.ArrayList;
import java.util.List;

/// A deliberate fault: what is changed in the product, and what the checker has to say about it.
///
/// `rule` names what is broken, in the words of the table that is made of the list. `edits` are
/// more than one where the product has a second defence, which is taken away too.
record PlantedBug(String name, String rule, Caught by, List<Edit> edits) {
  /// In a source file of a module, one text is replaced by another. The text is there exactly once.
  record Edit(String module, String type, String find, String replacement) {}

  PlantedBug {
    edits = List.copyOf(edits);
  }

  /// A fault without edits yet.
  static PlantedBug of(String name, String rule, Caught by) {
    return new PlantedBug(name, rule, by, List.of());
  }

  /// The same fault with another edit. `type` is a class of the module's package.
  PlantedBug in(String module, String type, String find, String replacement) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(module, type, find, replacement));
    return new PlantedBug(name, rule, by, more);
  }

  @Override
  public String toString() {
    return name;
  }
}
