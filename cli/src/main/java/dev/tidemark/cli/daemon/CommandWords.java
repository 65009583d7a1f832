package dev.tidemark.cli.daemon;

import java.util.ArrayList;
import java.util.List;

/// Splits the command of `--exec` as a shell would, so that no shell stands between a plain command
/// and our signals. What needs a real shell (pipes, variables, patterns) says so.
record CommandWords(List<String> words, boolean needsShell) {
  private static final String SHELL_CHARACTERS = "|&;<>()$`*?[#~\n";

  static CommandWords of(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    boolean shell = false;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (quote == '\'' && c != '\'') {
        word.append(c);
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && i + 1 < command.length()) {
        inWord = true;
        word.append(command.charAt(++i));
      } else if (quote == '"') {
        shell |= c == '$' || c == '`';
        word.append(c);
      } else if (c == '\'' || c == '"') {
        inWord = true;
        quote = c;
      } else if (c == ' ' || c == '\t') {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
      } else {
        shell |= SHELL_CHARACTERS.indexOf(c) >= 0 || (c == '=' && words.isEmpty());
        inWord = true;
        word.append(c);
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return new CommandWords(List.copyOf(words), shell || quote != 0 || words.isEmpty());
  }
}
