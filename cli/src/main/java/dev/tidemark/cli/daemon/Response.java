package dev.tidemark.cli.daemon;

import dev.tidemark.cli.ErrorLine;
import dev.tidemark.cli.ExitCode;

/// What the daemon answers, and the exit code that it is for a command.
record Response(int status, String contentType, String body, ExitCode exitCode) {
  static final String EXIT_CODE_HEADER = "Tidemark-Exit-Code";
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";

  static Response text(String body) {
    return new Response(200, TEXT, body + "\n", ExitCode.DONE);
  }

  Response as(String otherContentType) {
    return new Response(status, otherContentType, body, exitCode);
  }

  static Response json(Object body) {
    return new Response(200, JSON, body + "\n", ExitCode.DONE);
  }

  static Response failed(Throwable failure) {
    ExitCode code = ExitCode.of(failure);
    int status =
        switch (code) {
          case DONE -> 200;
          case USAGE -> 400;
          case NOT_FOUND -> 404;
          case TIMED_OUT -> 504;
          case FENCED, EXISTS -> 409;
          case STORAGE -> 502;
          case FAILED, CORRUPT -> 500;
        };
    return new Response(status, TEXT, ErrorLine.of(failure) + "\n", code);
  }

  static Response refused(int status, String message) {
    return new Response(status, TEXT, message + "\n", ExitCode.USAGE);
  }
}
