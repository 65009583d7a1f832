package dev.tidemark.store.s3;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.KeyRule;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// A store in a bucket. Every call is one attempt; what a failed one means is decided in
/// [S3Errors].
final class S3Store implements ObjectStore {
  private static final ByteRange FIRST_BYTE = new ByteRange.Part(0, 1);

  /// What a GET was answered with.
  private sealed interface Answer {
    record Absent() implements Answer {}

    /// The object exists and has no byte in the range.
    record NoSuchRange() implements Answer {}

    record Content(ResponseContent stream, ContentRange range) implements Answer {}
  }

  private final StoreUrl.S3 url;
  private final String root;
  private final S3Connection connection;
  private final S3Errors errors;
  private final S3Multipart.Sizes sizes;

  S3Store(StoreUrl.S3 url, S3Connection connection, S3Multipart.Sizes sizes) {
    this.url = url;
    this.root = url.prefix().isEmpty() ? "" : url.prefix() + "/";
    this.connection = connection;
    this.errors = new S3Errors(url);
    this.sizes = sizes;
  }

  private String path(String key) {
    return root + KeyRule.check(key);
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    if (body.size() > sizes.singlePutMax()) {
      return multipart(key, body).putIfAbsent();
    }
    BodySource source = new BodySource(body, 0, body.size());
    PutObjectRequest request = request(key, body).ifNoneMatch("*").build();
    try {
      connection.client().putObject(request, source.request());
      return PutOutcome.STORED;
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      source.check(key, e);
      return errors.outcome(S3Action.STORE.of(key), e);
    }
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    if (body.size() > sizes.singlePutMax()) {
      multipart(key, body).put();
      return;
    }
    BodySource source = new BodySource(body, 0, body.size());
    PutObjectRequest request = request(key, body).build();
    try {
      connection.client().putObject(request, source.request());
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      source.check(key, e);
      throw errors.translate(S3Action.STORE.of(key), e);
    }
  }

  private PutObjectRequest.Builder request(String key, Body body) {
    return PutObjectRequest.builder()
        .bucket(url.bucket())
        .key(path(key))
        .overrideConfiguration(one -> one.apiCallAttemptTimeout(S3Connection.timeout(body.size())));
  }

  private S3Multipart multipart(String key, Body body) {
    return new S3Multipart(connection, errors, url.bucket(), path(key), body, sizes);
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    return switch (open(key, "")) {
      case Answer.Absent(), Answer.NoSuchRange() -> Optional.empty();
      case Answer.Content(var stream, var sent) ->
          Optional.of(new StoredObject(sent.length(), stream));
    };
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    String header =
        switch (range) {
          case ByteRange.Part(var offset, var length) when length > 0 ->
              "bytes=" + offset + "-" + (offset + length - 1);
          case ByteRange.Last(var length) when length > 0 -> "bytes=-" + length;
          case ByteRange.Part _, ByteRange.Last _ -> "";
        };
    if (header.isEmpty()) {
      return size(key).map(size -> new Slice(new byte[0], size));
    }
    return switch (open(key, header)) {
      case Answer.Absent() -> Optional.empty();
      case Answer.NoSuchRange() -> whole(key).map(size -> new Slice(new byte[0], size));
      case Answer.Content content -> Optional.of(slice(key, range, content));
    };
  }

  // A server may ignore the range and send everything: then the part is cut out here, and the rest
  // is not read.
  private Slice slice(String key, ByteRange range, Answer.Content answer) throws StoreException {
    long size = answer.range().objectSize();
    try (ResponseContent content = answer.stream()) {
      long before = range.from(size) - answer.range().first();
      if (before < 0) {
        throw new IOException("other bytes of %s came than were asked for".formatted(key));
      }
      byte[] bytes = new byte[range.count(size)];
      content.skipNBytes(before);
      int n = content.readNBytes(bytes, 0, bytes.length);
      if (n < bytes.length) {
        throw new IOException("%d of %d bytes of %s came".formatted(n, bytes.length, key));
      }
      return new Slice(bytes, size);
    } catch (IOException e) {
      throw new StoreException(
          Kind.UNAVAILABLE, "reading %s in %s: %s".formatted(key, url, e.getMessage()), e);
    }
  }

  /// The answer to a GET, its content not read yet. `range` is the header's value, empty for the
  /// whole object.
  private Answer open(String key, String range) throws StoreException, InterruptedException {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(url.bucket()).key(path(key));
    if (!range.isEmpty()) {
      request.range(range);
    }
    try {
      // Zero: a restore that fetches ahead may leave a stream unread for as long as it wants.
      ResponseInputStream<GetObjectResponse> answer =
          connection
              .client()
              .getObject(request.build(), ResponseTransformer.toInputStream(Duration.ZERO));
      try {
        ContentRange sent = ContentRange.of(answer.response());
        return new Answer.Content(new ResponseContent(key, answer, sent.length()), sent);
      } catch (SdkClientException e) {
        answer.abort();
        throw e;
      }
    } catch (AwsServiceException e) {
      if (S3Errors.isMissingObject(e)) {
        return new Answer.Absent();
      }
      if (e.statusCode() == 416) {
        return new Answer.NoSuchRange();
      }
      throw errors.translate(S3Action.READ.of(key), e);
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.READ.of(key), e);
    }
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    return size(key).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  // The first byte instead of a HEAD: an answer without a body cannot tell a missing object from a
  // missing bucket.
  private Optional<Long> size(String key) throws StoreException, InterruptedException {
    return switch (open(key, "bytes=0-0")) {
      case Answer.Absent() -> Optional.empty();
      case Answer.NoSuchRange() -> whole(key);
      case Answer.Content content -> Optional.of(slice(key, FIRST_BYTE, content).objectSize());
    };
  }

  // For an object that has no byte in the range, which is known to exist.
  private Optional<Long> whole(String key) throws StoreException, InterruptedException {
    try {
      return Optional.of(
          connection
              .client()
              .headObject(head -> head.bucket(url.bucket()).key(path(key)))
              .contentLength());
    } catch (AwsServiceException e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw errors.translate(S3Action.READ.of(key), e);
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.READ.of(key), e);
    }
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    try {
      return new S3Listing(connection.client(), url, root).page(prefix, after);
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.LIST.of(prefix), e);
    }
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    deletes().one(KeyRule.check(key));
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    List<String> all = List.copyOf(new LinkedHashSet<>(keys));
    all.forEach(KeyRule::check);
    return deletes().all(all);
  }

  private S3Deletes deletes() {
    return new S3Deletes(connection, errors, url, root);
  }

  @Override
  public StoreInsight insight() {
    return new S3Insight(url, connection, errors, root);
  }

  @Override
  public void close() {
    connection.close();
  }
}
