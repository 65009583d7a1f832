package dev.tidemark.retention;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.ObjectKey;

/// One of the objects to be merged has another page size than those before it. A merge may begin
/// there, and never reach across it.
public final class PageSizeChangeException extends Exception {
  private final ObjectKey key;

  PageSizeChangeException(ObjectKey key, PageSize before, PageSize here) {
    super(
        "%s: has pages of %d bytes, what comes before it %d; a merge cannot reach across that"
            .formatted(key.text(), here.bytes(), before.bytes()));
    this.key = key;
  }

  /// The first object with the new page size.
  public ObjectKey key() {
    return key;
  }
}
