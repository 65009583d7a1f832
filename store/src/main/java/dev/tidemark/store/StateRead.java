package dev.tidemark.store;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;

/// A state that was read and proven: each object's digest, the chain from object to object and from
/// transaction to transaction, and the rolling checksum over the pages.
public record StateRead(
    Position position,
    long timestampMillis,
    PageSize pageSize,
    long pages,
    int objects,
    long objectBytes) {}
