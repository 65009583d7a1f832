package dev.tidemark.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What the build runs of the fuzzing: for each target of a module a fixed number of mutations from
/// a fixed seed, and every input that was a defect once.
public abstract class FuzzContract {
  private static final long SEED = 20_261_121;

  /// Inputs that were a defect once, in a folder for each target; see CONTRIBUTING.
  private static final Path KEPT = Path.of("src/test/resources/fuzz");

  private final int rounds;

  protected FuzzContract(int rounds) {
    this.rounds = rounds;
  }

  protected abstract List<FuzzTarget> targets() throws Exception;

  @TestFactory
  Stream<DynamicTest> takesOrRefusesEveryMutation() throws Exception {
    return targets().stream()
        .map(target ->
            DynamicTest.dynamicTest(target.name(), () -> new Attack(target).run(SEED, rounds)));
  }

  @TestFactory
  Stream<DynamicTest> takesOrRefusesWhatWasADefectOnce() throws Exception {
    return targets().stream()
        .filter(target -> Files.isDirectory(KEPT.resolve(target.name())))
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> replay(target)));
  }

  private static void replay(FuzzTarget target) throws IOException {
    try (Stream<Path> files = Files.list(KEPT.resolve(target.name()))) {
      List<Path> kept = files.sorted().toList();
      assertThat(kept).isNotEmpty();
      for (Path file : kept) {
        new Attack(target).with(Files.readAllBytes(file));
      }
    }
  }
}
