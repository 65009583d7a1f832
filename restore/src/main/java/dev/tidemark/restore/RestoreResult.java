package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.time.Instant;

/// What was restored: the position and its time, the database's pages and bytes, how many objects
/// were read, and how long it took.
public record RestoreResult(
    Position position, Instant timestamp, long pages, long bytes, int objects, Duration elapsed) {}
