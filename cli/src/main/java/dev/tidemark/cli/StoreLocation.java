package dev.tidemark.cli;

import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.RetryPolicy;
import dev.tidemark.store.RetryingStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Opens the store that a URL on the command line names.
public final class StoreLocation {
  private static final String DEFAULT_ENDPOINT = "TIDEMARK_S3_ENDPOINT";

  private StoreLocation() {}

  static StoreUrl parse(String url) throws CommandException {
    try {
      Optional<String> endpoint =
          Optional.ofNullable(System.getenv(DEFAULT_ENDPOINT)).filter(text -> !text.isBlank());
      return StoreUrl.parse(url, endpoint);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /// Reads from a log; what is wrong with it is told together with its URL.
  public static <T> T reading(String url, Callable<T> work) throws Exception {
    try {
      return work.call();
    } catch (DamagedLogException | PositionNotFoundException e) {
      throw new CommandException(ExitCode.of(e), url + ": " + e.getMessage(), e);
    }
  }

  /// Opens a store to read from. What fails for a moment is repeated: nobody wants to begin a
  /// restore of an hour again because one answer was lost.
  public static ObjectStore open(String url) throws CommandException {
    return retrying(openAsIs(url));
  }

  /// Repeats what fails for a moment.
  public static ObjectStore retrying(ObjectStore store) {
    return new RetryingStore(store, RetryPolicy.STANDARD, Pauses.system(), new SecureRandom());
  }

  /// Opens a store whose every answer counts.
  public static ObjectStore openAsIs(String url) throws CommandException {
    return Stores.open(parse(url), false);
  }

  /// Opens a store whose log may be begun.
  static ObjectStore create(String url) throws CommandException {
    return Stores.open(parse(url), true);
  }
}
