package dev.tidemark.store.s3;

import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreUrl;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;

/// What an S3 server's refusals mean for the caller. Messages are ours: a server's own text may
/// repeat what was signed.
final class S3Errors {
  private static final Logger LOG = LoggerFactory.getLogger(S3Errors.class);

  /// With a 403: whoever asks is not known at all.
  private static final Set<String> OF_CREDENTIALS =
      Set.of(
          "SignatureDoesNotMatch",
          "InvalidAccessKeyId",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired",
          "RequestTimeTooSkewed");

  /// What servers say of an object that is locked, other than 403.
  private static final Set<String> OF_LOCKS = Set.of("InvalidRequest", "ObjectLocked");

  private final StoreUrl.S3 url;

  S3Errors(StoreUrl.S3 url) {
    this.url = url;
  }

  /// The server's error code, e.g. `NoSuchKey`; empty if it sent none.
  static String code(AwsServiceException e) {
    return Optional.ofNullable(e.awsErrorDetails()).map(AwsErrorDetails::errorCode).orElse("");
  }

  static boolean isMissingObject(AwsServiceException e) {
    return e.statusCode() == 404 && code(e).equals("NoSuchKey");
  }

  /// Whether the server refuses to remove this one object, so that others may go: there is no right
  /// to it, or a lock on it. Credentials that are good for nothing are another matter.
  static boolean isKept(AwsServiceException e) {
    return (e.statusCode() == 403 && !OF_CREDENTIALS.contains(code(e)))
        || OF_LOCKS.contains(code(e));
  }

  /// What a failed put-if-absent is known to have done. No answer at all is unclear even when the
  /// connection was refused: reading the slot back is the caller's next step either way.
  PutOutcome outcome(S3Action.On doing, RuntimeException e)
      throws StoreException, InterruptedException {
    if (Thread.currentThread().isInterrupted() || !(isPresent(e) || isUnclear(e))) {
      throw translate(doing, e);
    }
    if (isPresent(e)) {
      return PutOutcome.PRESENT;
    }
    // Not thrown, hence noted: the caller is told the outcome without the reason.
    LOG.info(
        "{} in {}: unclear, {}",
        doing,
        url,
        e instanceof AwsServiceException a ? what(a) : network(e));
    return PutOutcome.UNCLEAR;
  }

  private static boolean isPresent(RuntimeException e) {
    return e instanceof AwsServiceException answer && answer.statusCode() == 412;
  }

  private static boolean isUnclear(RuntimeException e) {
    if (!(e instanceof AwsServiceException answer)) {
      return find(e, MissingCredentialsException.class).isEmpty();
    }
    int status = answer.statusCode();
    return status == 409
        || status == 408
        || status == 429
        || (status >= 500 && status != 501)
        || code(answer).equals("RequestTimeout");
  }

  /// For the caller to throw. An interruption during the call goes through as itself.
  StoreException translate(S3Action.On doing, RuntimeException e) throws InterruptedException {
    if (Thread.interrupted()) {
      throw (InterruptedException)
          new InterruptedException("interrupted while " + doing).initCause(e);
    }
    String where = "%s in %s: ".formatted(doing, url);
    if (e instanceof AwsServiceException answer) {
      Optional<String> advice = advice(doing.action(), answer);
      String what = what(answer);
      return advice
          .map(text -> new StoreException(Kind.REFUSED, where + text + " (" + what + ")", e))
          .orElseGet(() -> new StoreException(Kind.UNAVAILABLE, where + what, e));
    }
    if (find(e, MissingCredentialsException.class).isPresent()) {
      return new StoreException(
          Kind.REFUSED,
          where
              + "no AWS credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a"
              + " profile in ~/.aws/credentials",
          e);
    }
    if (String.valueOf(e.getMessage()).startsWith("Unable to load region")) {
      return new StoreException(
          Kind.REFUSED,
          where + "no region is configured: add region=… to the URL or set AWS_REGION",
          e);
    }
    return new StoreException(Kind.UNAVAILABLE, where + network(e), e);
  }

  private static String what(AwsServiceException e) {
    return "the store answered %d %s".formatted(e.statusCode(), code(e)).strip();
  }

  /// What a person can do about it; empty if it may pass by itself.
  private Optional<String> advice(S3Action doing, AwsServiceException e) {
    String text =
        switch (code(e)) {
          case "NoSuchBucket" ->
              "the bucket '%s' does not exist: create it, or correct the URL"
                  .formatted(url.bucket());
          case "InvalidBucketName" -> "the server does not take this bucket name";
          case "SignatureDoesNotMatch" ->
              "the secret key does not belong to the key id: check AWS_SECRET_ACCESS_KEY";
          case "InvalidAccessKeyId" -> "the key id is unknown there: check AWS_ACCESS_KEY_ID";
          case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
              "the session's credentials are not valid any more: renew them";
          case "RequestTimeTooSkewed" ->
              "this machine's clock and the store's differ: set the clock";
          case "PermanentRedirect",
              "AuthorizationHeaderMalformed",
              "IllegalLocationConstraintException" ->
              "the bucket lies in another region: add region=… to the URL";
          default -> byStatus(doing, e);
        };
    return Optional.of(text).filter(known -> !known.isEmpty());
  }

  private static String byStatus(S3Action doing, AwsServiceException e) {
    return switch (e.statusCode()) {
      case 401, 403 -> "access denied: allow " + doing.right();
      case 301, 307, 308 -> "the bucket lies elsewhere: check region and endpoint in the URL";
      case 404 ->
          isCut(e) ? "" : "this answer is not an S3 server's: check the endpoint in the URL";
      case 405, 501 ->
          "the server does not offer this request (conditional writes are needed): see doctor";
      default -> "";
    };
  }

  /// Whether it is an S3 error by its kind, but without a code: its end did not arrive.
  private static boolean isCut(AwsServiceException e) {
    return code(e).isEmpty()
        && Optional.ofNullable(e.awsErrorDetails())
            .flatMap(it -> it.sdkHttpResponse().firstMatchingHeader("Content-Type"))
            .filter(type -> type.contains("xml"))
            .isPresent();
  }

  private static String network(RuntimeException e) {
    if (find(e, UnknownHostException.class).isPresent()) {
      return "the host name is unknown, or there is no network";
    }
    if (find(e, ConnectException.class).isPresent()) {
      return "no connection (%s)".formatted(root(e));
    }
    if (find(e, SocketTimeoutException.class).isPresent()
        || e instanceof ApiCallAttemptTimeoutException) {
      return "no answer in time";
    }
    return "the connection was lost (%s)".formatted(root(e));
  }

  private static String root(Throwable e) {
    Throwable deepest = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      deepest = cause;
    }
    String text =
        Optional.ofNullable(deepest.getMessage()).orElse(deepest.getClass().getSimpleName());
    return text.lines().findFirst().orElse("").strip();
  }

  private static <T extends Throwable> Optional<T> find(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }
}
