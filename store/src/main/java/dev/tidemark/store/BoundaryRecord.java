package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.HexFormat;

/// `boundary/<n>.json`: slots below this position may be gone. Numbers count from 1; 0 stands for
/// "no record", position 0.
public record BoundaryRecord(int number, Id128 databaseId, Position position, Instant created) {
  public static String key(int number) {
    return "boundary/" + HexFormat.of().toHexDigits(number) + ".json";
  }
}
