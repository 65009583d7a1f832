package dev.tidemark.cli;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.restore.TargetExistsException;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.StoreException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.ParameterException;

/// How a command ended, for scripts: a contract, see the table in the manual.
public enum ExitCode {
  DONE(0),
  FAILED(1),
  USAGE(2),
  CORRUPT(3),
  NOT_FOUND(4),
  TIMED_OUT(5),
  FENCED(6),
  STORAGE(7),
  EXISTS(8);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }

  /// The one place that says which failure ends with which code.
  public static ExitCode of(Throwable failure) {
    return switch (failure) {
      case CommandException e -> e.exitCode();
      case ParameterException _ -> USAGE;
      case UnsuitableDatabaseException _ -> USAGE;
      case NotDirectoryException _ -> USAGE;
      case DamagedLogException _ -> CORRUPT;
      case CorruptLtxException _ -> CORRUPT;
      case PositionNotFoundException _ -> NOT_FOUND;
      case NoSuchFileException _ -> NOT_FOUND;
      case TimeoutException _ -> TIMED_OUT;
      case FencedException _ -> FENCED;
      case StoreException _ -> STORAGE;
      case TargetExistsException _ -> EXISTS;
      default -> FAILED;
    };
  }
}
