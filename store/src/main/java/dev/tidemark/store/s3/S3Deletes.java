package dev.tidemark.store.s3;

import dev.tidemark.store.Counted;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreUrl;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/// Deletes of many objects, a thousand in a request, of which the answer names only those that
/// failed. A server that does not know such a request, or wants another checksum of it than the SDK
/// sends, is asked for one object after the other.
final class S3Deletes {
  private static final Logger LOG = LoggerFactory.getLogger(S3Deletes.class);
  private static final int BATCH = 1_000;

  /// What a server says that does not know the request.
  private static final Set<String> UNKNOWN_REQUEST =
      Set.of(
          "MalformedXML",
          "NotImplemented",
          "MethodNotAllowed",
          "MissingContentMD5",
          "MissingContentLength",
          "InvalidRequest",
          "InvalidArgument");

  /// What may be different next time.
  private static final Set<String> PASSING =
      Set.of(
          "InternalError",
          "ServiceUnavailable",
          "SlowDown",
          "SlowDownRead",
          "SlowDownWrite",
          "RequestTimeout",
          "OperationAborted",
          "TooManyRequests",
          "Throttling",
          "ThrottlingException");

  private final S3Connection connection;
  private final S3Errors errors;
  private final StoreUrl.S3 url;
  private final String root;

  S3Deletes(S3Connection connection, S3Errors errors, StoreUrl.S3 url, String root) {
    this.connection = connection;
    this.errors = errors;
    this.url = url;
    this.root = root;
  }

  /// No key twice.
  List<DeleteRefusal> all(List<String> keys) throws StoreException, InterruptedException {
    List<DeleteRefusal> refused = new ArrayList<>();
    boolean isKnown = true;
    for (int from = 0; from < keys.size(); from += BATCH) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + BATCH));
      if (isKnown) {
        Optional<List<DeleteRefusal>> answer = batch(some);
        answer.ifPresent(refused::addAll);
        isKnown = answer.isPresent();
      }
      if (!isKnown) {
        for (String key : some) {
          kept(key)
              .map(e -> new DeleteRefusal(key, reason(S3Errors.code(e))))
              .ifPresent(refused::add);
        }
      }
    }
    return refused;
  }

  /// Empty: the server does not know such a request.
  private Optional<List<DeleteRefusal>> batch(List<String> keys)
      throws StoreException, InterruptedException {
    List<ObjectIdentifier> objects = new ArrayList<>(keys.size());
    for (String key : keys) {
      objects.add(ObjectIdentifier.builder().key(root + key).build());
    }
    Delete delete = Delete.builder().objects(objects).quiet(true).build();
    S3Action.On doing = S3Action.DELETE.of(Counted.of(keys.size(), "object"));
    try {
      List<S3Error> failed =
          connection
              .client()
              .deleteObjects(one -> one.bucket(url.bucket()).delete(delete))
              .errors();
      return Optional.of(refusals(doing, failed));
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      if (e instanceof AwsServiceException answer && isUnknown(answer)) {
        LOG.debug("{} knows no delete of many objects: {}", url, answer.statusCode());
        return Optional.empty();
      }
      if (e instanceof AwsServiceException answer && S3Errors.isKept(answer)) {
        String reason = reason(S3Errors.code(answer));
        return Optional.of(keys.stream().map(key -> new DeleteRefusal(key, reason)).toList());
      }
      throw errors.translate(doing, e);
    }
  }

  private static boolean isUnknown(AwsServiceException e) {
    int status = e.statusCode();
    return status == 405
        || status == 501
        || (status == 400 && UNKNOWN_REQUEST.contains(S3Errors.code(e)));
  }

  private List<DeleteRefusal> refusals(S3Action.On doing, List<S3Error> failed)
      throws StoreException {
    List<DeleteRefusal> refused = new ArrayList<>();
    for (S3Error error : failed) {
      String code = Objects.requireNonNullElse(error.code(), "");
      String key = Objects.requireNonNullElse(error.key(), "");
      if (code.isEmpty() || !key.startsWith(root) || PASSING.contains(code)) {
        throw new StoreException(
            Kind.UNAVAILABLE,
            "%s in %s: the store answered %s for '%s'"
                .formatted(doing, url, code.isEmpty() ? "no reason" : code, key));
      }
      if (!code.equals("NoSuchKey")) {
        refused.add(new DeleteRefusal(key.substring(root.length()), reason(code)));
      }
    }
    return refused;
  }

  private static String reason(String code) {
    return code.equals("AccessDenied") || code.isEmpty()
        ? "access denied: allow %s, or wait for the end of its lock"
            .formatted(S3Action.DELETE.right())
        : "the store answered " + code;
  }

  /// One object.
  void one(String key) throws StoreException, InterruptedException {
    Optional<AwsServiceException> kept = kept(key);
    if (kept.isPresent()) {
      throw errors.translate(S3Action.DELETE.of(key), kept.get());
    }
  }

  /// Why the server keeps an object; empty if it is gone.
  private Optional<AwsServiceException> kept(String key)
      throws StoreException, InterruptedException {
    try {
      connection.client().deleteObject(one -> one.bucket(url.bucket()).key(root + key));
      return Optional.empty();
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      if (e instanceof AwsServiceException answer) {
        if (S3Errors.isMissingObject(answer)) {
          LOG.debug("{} was deleted already", key);
          return Optional.empty();
        }
        if (S3Errors.isKept(answer)) {
          return Optional.of(answer);
        }
      }
      throw errors.translate(S3Action.DELETE.of(key), e);
    }
  }
}
