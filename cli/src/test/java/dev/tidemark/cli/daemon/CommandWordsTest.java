package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {
  @Test
  void splitsAsAShellWould() {
    CommandWords words = CommandWords.of("./app  --name 'a b' \"c d\" e\\ f ''");
    assertThat(words.words()).containsExactly("./app", "--name", "a b", "c d", "e f", "");
    assertThat(words.needsShell()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a && b",
        "a | b",
        "a > log",
        "echo $HOME",
        "X=1 app",
        "ls *.db",
        "echo 'open",
        ""
      })
  void leavesToTheShellWhatNeedsOne(String command) {
    assertThat(CommandWords.of(command).needsShell()).isTrue();
  }

  @Test
  void quotesProtectWhatTheShellWouldRead() {
    assertThat(CommandWords.of("app 'a && b' --x=1").needsShell()).isFalse();
  }
}
