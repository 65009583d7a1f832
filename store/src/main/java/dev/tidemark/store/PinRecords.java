package dev.tidemark.store;

import java.util.List;

/// All pins of a log, by name: those that can be read, and apart from them those that cannot.
public record PinRecords(List<PinRecord> readable, List<Unreadable> unreadable) {
  public PinRecords {
    readable = List.copyOf(readable);
    unreadable = List.copyOf(unreadable);
  }

  /// The reason says what is wrong with it and what to do next, without the key.
  public record Unreadable(RecordName name, String reason) {
    public String key() {
      return name.pinKey();
    }

    @Override
    public String toString() {
      return key() + ": " + reason;
    }
  }
}
