package dev.tidemark.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The one line that a failure becomes.
public final class ErrorLine {
  private ErrorLine() {}

  public static String of(Throwable failure) {
    return switch (failure) {
      case UnmatchedArgumentException e -> unmatched(e);
      case ParameterException e ->
          oneLine(plain(e)) + "; see '" + name(e.getCommandLine()) + " --help'";
      case FileSystemException e -> file(e);
      case InterruptedException e -> Optional.ofNullable(e.getMessage()).orElse("interrupted");
      case OutOfMemoryError _ ->
          "out of memory; give the JVM more, for example TIDEMARK_JAVA_OPTS=-Xmx2g";
      case RuntimeException e -> "unexpected failure, a bug: " + e + "; run it again with --debug";
      default -> oneLine(Optional.ofNullable(failure.getMessage()).orElse(failure.toString()));
    };
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String argument = e.getUnmatched().getFirst();
    CommandLine command = e.getCommandLine();
    String what;
    if (argument.startsWith("-")) {
      what = "unknown option '" + argument + "' for '" + name(command) + "'";
    } else if (!command.getSubcommands().isEmpty()) {
      what = "unknown command '" + argument + "'";
    } else {
      what = "unexpected argument '" + argument + "' for '" + name(command) + "'";
    }
    List<String> similar = Similar.to(argument, candidates(command, argument));
    String hint = similar.isEmpty() ? "" : "did you mean '" + similar.getFirst() + "'? ";
    return what + "; " + hint + "see '" + name(command) + " --help'";
  }

  private static List<String> candidates(CommandLine command, String argument) {
    if (!argument.startsWith("-")) {
      return List.copyOf(command.getSubcommands().keySet());
    }
    return command.getCommandSpec().options().stream()
        .flatMap(option -> List.of(option.names()).stream())
        .toList();
  }

  private static String plain(ParameterException e) {
    return Optional.ofNullable(e.getMessage()).orElse("wrong arguments");
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static String file(FileSystemException e) {
    String file = Optional.ofNullable(e.getFile()).orElse("a file");
    return switch (e) {
      case NoSuchFileException _ ->
          file + ": " + Optional.ofNullable(e.getReason()).orElse("no such file");
      case AccessDeniedException _ -> file + ": permission denied";
      case NotDirectoryException _ -> file + ": is not a directory; move it away";
      case FileAlreadyExistsException _ -> file + ": exists already";
      default -> file + ": " + Optional.ofNullable(e.getReason()).orElse(e.toString());
    };
  }

  private static String oneLine(String message) {
    return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(message);
  }
}
