package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarTest {
  private static final List<String> COMMANDS =
      List.of("restore", "replicate", "status", "sync", "log");

  @Test
  void findsAMistypedWord() {
    assertThat(Similar.to("statsu", COMMANDS)).containsExactly("status");
    assertThat(Similar.to("restor", COMMANDS)).containsExactly("restore");
    assertThat(Similar.to("lgo", COMMANDS)).containsExactly("log");
  }

  @Test
  void findsAWordCutShort() {
    assertThat(Similar.to("repl", COMMANDS)).containsExactly("replicate");
  }

  @Test
  void suggestsNothingFarAway() {
    assertThat(Similar.to("frobnicate", COMMANDS)).isEmpty();
  }
}
