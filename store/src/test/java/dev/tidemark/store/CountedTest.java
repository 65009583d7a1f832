package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountedTest {
  @Test
  void oneIsNotSeveral() {
    assertThat(Counted.of(0, "object")).isEqualTo("0 objects");
    assertThat(Counted.of(1, "object")).isEqualTo("1 object");
    assertThat(Counted.of(2, "object")).isEqualTo("2 objects");
  }
}
