package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  private static StandardOutput printedTo(OutputStream target) {
    StandardOutput out = new StandardOutput(target);
    new PrintStream(out, true, StandardCharsets.UTF_8).println("line");
    return out;
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  @Test
  void knowsWhyALineWasLost() {
    assertThat(printedTo(failing("No space left on device")).loss())
        .contains("No space left on device");
  }

  @Test
  void isNotSorryForAReaderThatHadEnough() {
    assertThat(printedTo(failing("Broken pipe")).loss()).isEmpty();
  }

  @Test
  void passesEverythingOn() {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    assertThat(printedTo(target).loss()).isEmpty();
    assertThat(target.toString(StandardCharsets.UTF_8)).isEqualTo("line\n");
  }
}
