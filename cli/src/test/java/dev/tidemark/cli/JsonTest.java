package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void writesFieldsInTheOrderTheyWerePut() {
    Json json =
        new Json()
            .text("z", "last first")
            .text("none", Optional.empty())
            .text("some", Optional.of("x"))
            .number("n", -1)
            .seconds("s", 1.23456)
            .truth("ok", true)
            .texts("words", List.of("a", "b"))
            .list("items", List.of(new Json().number("i", 1), new Json()));
    assertThat(json)
        .hasToString(
            "{\"z\":\"last first\",\"none\":null,\"some\":\"x\",\"n\":-1,\"s\":1.235,\"ok\":true,"
                + "\"words\":[\"a\",\"b\"],\"items\":[{\"i\":1},{}]}");
  }

  @Test
  void escapesWhatJsonDemands() {
    assertThat(new Json().text("k", "\"\\\n\r\t\u0001/é😀"))
        .hasToString("{\"k\":\"\\\"\\\\\\n\\r\\t\\u0001/é😀\"}");
  }

  @Test
  void escapesHalfOfAPair() {
    assertThat(new Json().text("k", "\ud83d")).hasToString("{\"k\":\"\\ud83d\"}");
  }
}
