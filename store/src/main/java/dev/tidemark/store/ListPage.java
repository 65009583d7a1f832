package dev.tidemark.store;

import java.util.List;

/// One page of a listing, ascending. If `more`, go on after the last key of it.
public record ListPage(List<Listed> objects, boolean more) {
  public ListPage {
    objects = List.copyOf(objects);
  }
}
