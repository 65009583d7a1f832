package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/reliability-planted.md` is what the list of planted faults says; `make docs` writes it.
class PlantedTableTest {
  private static final Path PAGE = Path.of("..", "docs", "reliability-planted.md");

  @Test
  void pageIsWhatTheListSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("stale? run: make docs").hasContent(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Planted faults

            A checker that cannot fail proves nothing. The build plants each of these faults in a copy of the
            product, runs the simulation, and fails if the checker does not say what stands beside it. A fault
            that a second defence of the product makes harmless is planted together with the loss of that defence.
            Where chance would need very long, a schedule leads there step by step. This page is made from the
            list by `make docs`.

            | planted fault | what is broken | caught by the check | where |
            | --- | --- | --- | --- |
            """);
    for (PlantedBug bug : PlantedBugs.all()) {
      page.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  bug.name(),
                  bug.rule(),
                  bug.by().stream().map(Caught::rule).collect(Collectors.joining("; or ")),
                  bug.schedule().map("schedule `%s`"::formatted).orElse("random runs")));
    }
    return page.toString();
  }
}
