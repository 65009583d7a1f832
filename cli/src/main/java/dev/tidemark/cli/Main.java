package dev.tidemark.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;

/// Where the process begins, and the only place where it ends.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    StandardOutput out = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(new BufferedOutputStream(out), true, StandardCharsets.UTF_8));
    int status = run(arguments);
    System.out.flush();
    if (status == ExitCode.DONE.status() && out.loss().isPresent()) {
      System.err.println("tidemark: cannot write to standard output: " + out.loss().get());
      status = ExitCode.FAILED.status();
    }
    System.exit(status);
  }

  /// Runs one command line and answers its exit code.
  static int run(String... arguments) {
    // Figures look the same for everyone who reads them.
    Locale.setDefault(Locale.ROOT);
    boolean debug = Arrays.asList(arguments).contains("--debug");
    Logging.quiet(debug);
    CommandLine commandLine = commandLine();
    commandLine.setParameterExceptionHandler((e, _) -> failed(e, debug));
    commandLine.setExecutionExceptionHandler((e, _, _) -> failed(e, debug));
    try {
      return commandLine.execute(arguments);
    } catch (StackOverflowError | OutOfMemoryError e) {
      return failed(e, debug);
    }
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Tidemark());
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    commandLine.setUsageHelpWidth(100);
    commandLine.setUsageHelpLongOptionsMaxWidth(32);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setAbbreviatedOptionsAllowed(false);
    commandLine.setExpandAtFiles(false);
    Converters.register(commandLine);
    return commandLine;
  }

  private static int failed(Throwable failure, boolean debug) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    System.err.println("tidemark: " + ErrorLine.of(failure));
    if (debug) {
      failure.printStackTrace();
    }
    return ExitCode.of(failure).status();
  }
}
