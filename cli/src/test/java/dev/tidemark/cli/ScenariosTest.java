package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each test that the table of situations names is there.
class ScenariosTest {
  private static final Path ROOT = Path.of("..");
  private static final Path TABLE = ROOT.resolve("docs/reliability.md");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");

  @Test
  void everyTestThatIsNamedExists() throws Exception {
    List<MatchResult> named = NAMED.matcher(Files.readString(TABLE)).results().toList();
    assertThat(named).hasSizeGreaterThan(50);
    Map<String, Path> tests = tests();
    for (MatchResult test : named) {
      assertThat(tests).containsKey(test.group(1) + ".java");
      assertThat(Files.readString(Objects.requireNonNull(tests.get(test.group(1) + ".java"))))
          .as("%s#%s", test.group(1), test.group(2))
          .contains(" void " + test.group(2) + "(");
    }
  }

  /// The test sources of all modules, by file name.
  private static Map<String, Path> tests() throws Exception {
    Map<String, Path> tests = new HashMap<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT)) {
      for (Path module : modules) {
        Path folder = module.resolve("src/test/java");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files.forEach(file -> tests.put(file.getFileName().toString(), file));
          }
        }
      }
    }
    return tests;
  }
}
