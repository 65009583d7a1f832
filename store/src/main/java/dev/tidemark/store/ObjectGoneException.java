package dev.tidemark.store;

/// An object was listed and is absent: retention may have replaced it since. List again.
public final class ObjectGoneException extends Exception {
  private final ObjectKey key;

  public ObjectGoneException(ObjectKey key) {
    super(key.text() + ": was listed and is gone");
    this.key = key;
  }

  public ObjectKey key() {
    return key;
  }
}
