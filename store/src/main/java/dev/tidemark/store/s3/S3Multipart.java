package dev.tidemark.store.s3;

import dev.tidemark.store.Body;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// One upload of a large object in parts, one after the other. The condition stands on the
/// completion; before it nothing is visible, so a failure there is certain to have had no effect.
final class S3Multipart {
  private static final Logger LOG = LoggerFactory.getLogger(S3Multipart.class);
  private static final int PARTS_MAX = 10_000;

  /// What goes up in one request, and how large parts are at least.
  record Sizes(long singlePutMax, long partMin) {
    static final Sizes STANDARD = new Sizes(64L << 20, 8L << 20);

    /// Everything that is not empty.
    static final Sizes ALWAYS = new Sizes(0, 8L << 20);

    /// Grows so that 10 000 parts suffice.
    long part(long size) {
      return Math.max(partMin, Math.ceilDiv(size, PARTS_MAX));
    }
  }

  private final S3Connection connection;
  private final S3Errors errors;
  private final String bucket;
  private final String path;
  private final Body body;
  private final long partBytes;

  S3Multipart(
      S3Connection connection,
      S3Errors errors,
      String bucket,
      String path,
      Body body,
      Sizes sizes) {
    this.connection = connection;
    this.errors = errors;
    this.bucket = bucket;
    this.path = path;
    this.body = body;
    this.partBytes = sizes.part(body.size());
  }

  PutOutcome putIfAbsent() throws StoreException, InterruptedException {
    String upload = begin();
    boolean done = false;
    try {
      CompleteMultipartUploadRequest request =
          completion(upload, parts(upload)).ifNoneMatch("*").build();
      connection.client().completeMultipartUpload(request);
      done = true;
      return PutOutcome.STORED;
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      return errors.outcome(S3Action.STORE.of(path), e);
    } finally {
      if (!done) {
        abort(upload);
      }
    }
  }

  void put() throws StoreException, InterruptedException {
    String upload = begin();
    boolean done = false;
    try {
      connection.client().completeMultipartUpload(completion(upload, parts(upload)).build());
      done = true;
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.STORE.of(path), e);
    } finally {
      if (!done) {
        abort(upload);
      }
    }
  }

  private String begin() throws StoreException, InterruptedException {
    try {
      return connection
          .client()
          .createMultipartUpload(start -> start.bucket(bucket).key(path))
          .uploadId();
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.STORE.of(path), e);
    }
  }

  private List<CompletedPart> parts(String upload) throws StoreException, InterruptedException {
    List<CompletedPart> parts = new ArrayList<>();
    for (long offset = 0; offset < body.size(); offset += partBytes) {
      long length = Math.min(partBytes, body.size() - offset);
      parts.add(part(upload, parts.size() + 1, new BodySource(body, offset, length), length));
    }
    return parts;
  }

  private CompletedPart part(String upload, int number, BodySource source, long length)
      throws StoreException, InterruptedException {
    try {
      String tag =
          connection
              .client()
              .uploadPart(
                  part ->
                      part.bucket(bucket)
                          .key(path)
                          .uploadId(upload)
                          .partNumber(number)
                          .overrideConfiguration(
                              one -> one.apiCallAttemptTimeout(S3Connection.timeout(length))),
                  source.request())
              .eTag();
      return CompletedPart.builder().partNumber(number).eTag(tag).build();
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      source.check(path, e);
      throw errors.translate(S3Action.STORE.of("part %d of %s".formatted(number, path)), e);
    }
  }

  private CompleteMultipartUploadRequest.Builder completion(
      String upload, List<CompletedPart> parts) {
    return CompleteMultipartUploadRequest.builder()
        .bucket(bucket)
        .key(path)
        .uploadId(upload)
        .multipartUpload(all -> all.parts(parts));
  }

  // Best effort: abandoned parts cost money, nothing else; a lifecycle rule sweeps those that stay.
  private void abort(String upload) {
    boolean interrupted = Thread.interrupted();
    try {
      connection
          .client()
          .abortMultipartUpload(one -> one.bucket(bucket).key(path).uploadId(upload));
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      LOG.debug("the parts of {} could not be removed", path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
