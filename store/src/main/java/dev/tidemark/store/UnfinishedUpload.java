package dev.tidemark.store;

import java.time.Instant;

/// An upload that was begun and neither completed nor aborted: what there is of it takes room and
/// shows in no listing. `begun` is the store's time ([Listed#UNKNOWN] if it tells none); of a file
/// in a local store, which tells no begin, that of the last byte.
public record UnfinishedUpload(String key, String id, Instant begun) {}
