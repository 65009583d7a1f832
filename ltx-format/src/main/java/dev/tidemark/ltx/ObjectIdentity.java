package dev.tidemark.ltx;

/// What a writer of an object knows before its first byte. `first` and `before` are the key's for a
/// segment; a merged file's first transaction and the checksum before it; 1 and none for a
/// snapshot.
public record ObjectIdentity(
    ObjectKind kind,
    Id128 runId,
    Id128 databaseId,
    PageSize pageSize,
    Txid first,
    Checksum before) {}
