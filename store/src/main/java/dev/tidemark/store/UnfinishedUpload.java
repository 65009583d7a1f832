package dev.tidemark.store;

import java.time.Instant;

/// An upload in parts that was begun and neither completed nor aborted: its parts take room and
/// show in no listing. `begun` is the store's time ([Listed#UNKNOWN] if it tells none).
public record UnfinishedUpload(String key, String id, Instant begun) {}
