package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {
  @Test
  void writesOneLineForPeople() {
    assertThat(
            new LogLine(LogLine.Format.TEXT)
                .format(event(Level.INFO, "stored a segment txid=2 bytes=10")))
        .isEqualTo("2026-01-31T12:00:00.250Z INFO  stored a segment txid=2 bytes=10\n");
  }

  @Test
  void makesFieldsOfTheLastWords() {
    LogRecord event =
        event(Level.WARNING, "slow a=b store db=app.db txid=0000000000000002 bytes=10");
    event.setThrown(new IOException("reset\nby peer"));
    assertThat(new LogLine(LogLine.Format.JSON).format(event))
        .isEqualTo(
            "{\"time\":\"2026-01-31T12:00:00.250Z\",\"level\":\"warn\",\"message\":\"slow a=b"
                + " store\","
                + "\"db\":\"app.db\",\"txid\":\"0000000000000002\",\"bytes\":10,\"error\":\"java.io.IOException:"
                + " reset\\nby peer\"}\n");
  }

  private static LogRecord event(Level level, String message) {
    LogRecord event = new LogRecord(level, message);
    event.setInstant(Instant.parse("2026-01-31T12:00:00.250Z"));
    return event;
  }
}
