package dev.tidemark.shipper;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Looks whether each planted fault is caught, in a process of its own, since the threads of runs
/// that failed stay where they were. Prints a line for each: a verdict, the name, and what was
/// said.
final class PlantedRun {
  static final String CAUGHT = "caught";
  static final String SURVIVED = "SURVIVED";
  static final String UNFIT = "UNFIT";

  /// After so many seeds without a word of the checker a fault has survived.
  private static final int SEEDS = 200;

  private static final int THREADS = 2;

  private PlantedRun() {}

  /// Names of faults; none: all.
  public static void main(String[] names) {
    LogManager.getLogManager().reset();
    List<String> wanted = List.of(names);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (PlantedBug bug : PlantedBugs.all()) {
        if (wanted.isEmpty() || wanted.contains(bug.name())) {
          threads.execute(() -> System.out.println(verdict(bug)));
        }
      }
    }
    System.out.flush();
    // Threads of runs that failed may still wait for their turn.
    Runtime.getRuntime().halt(0);
  }

  private static String verdict(PlantedBug bug) {
    long begun = System.nanoTime();
    String verdict;
    try {
      verdict = look(bug);
    } catch (AssertionError e) {
      verdict = line(UNFIT, bug, String.valueOf(e.getMessage()).replace('\n', ' '));
    } catch (Throwable e) {
      verdict = line(UNFIT, bug, e.toString().replace('\n', ' '));
    }
    return verdict + "\t" + (System.nanoTime() - begun) / 1_000_000 + " ms";
  }

  private static String line(String verdict, PlantedBug bug, String said) {
    return String.join("\t", verdict, bug.name(), said);
  }

  private static String look(PlantedBug bug) throws Throwable {
    PlantedClasses product = new PlantedClasses(PlantedSources.compile(bug));
    String otherwise = "nothing";
    if (bug.schedule().isPresent()) {
      String said = test(product, bug.schedule().get());
      return line(bug.isCaught(said) ? CAUGHT : SURVIVED, bug, said);
    }
    String runs = bug.isOfRetention() ? "runRetention" : "run";
    MethodHandle run = method(product, "Simulation", runs, String.class, long.class);
    for (long seed = bug.firstSeed(); seed < bug.firstSeed() + SEEDS; seed++) {
      String said = said(run, seed);
      if (bug.isCaught(said)) {
        return line(CAUGHT, bug, said);
      }
      otherwise = said.isEmpty() ? otherwise : said;
    }
    return line(SURVIVED, bug, otherwise);
  }

  private static MethodHandle method(
      PlantedClasses product, String type, String name, Class<?> answer, Class<?>... takes)
      throws ReflectiveOperationException {
    Class<?> found = product.loadClass(PlantedRun.class.getPackageName() + "." + type);
    return MethodHandles.privateLookupIn(found, MethodHandles.lookup())
        .findStatic(found, name, MethodType.methodType(answer, takes));
  }

  /// What a test says, if it fails.
  private static String test(PlantedClasses product, String name)
      throws ReflectiveOperationException {
    String[] parts = name.split("#", 2);
    Class<?> type = product.loadClass(PlantedRun.class.getPackageName() + "." + parts[0]);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectMethod(type, parts[1]))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    if (summary.getTestsFoundCount() != 1) {
      throw new AssertionError(name + " is no test");
    }
    return summary.getFailures().stream()
        .map(failure -> message(failure.getException()))
        .collect(Collectors.joining(" "))
        .strip()
        .replaceAll("\\s+", " ");
  }

  /// What was thrown on another thread may be the cause of one that says nothing.
  private static String message(Throwable thrown) {
    return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
        .flatMap(it -> Optional.ofNullable(it.getMessage()).stream())
        .findFirst()
        .orElse(thrown.toString());
  }

  /// The first line of what a failed run says; empty if it did not fail.
  private static String said(MethodHandle run, Object... arguments) throws Throwable {
    try {
      Object _ = run.invokeWithArguments(arguments);
      return "";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    }
  }
}
