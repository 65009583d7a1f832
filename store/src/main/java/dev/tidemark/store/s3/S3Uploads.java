package dev.tidemark.store.s3;

import dev.tidemark.store.Listed;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.UnfinishedUpload;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/// Uploads in parts that nobody has ended.
final class S3Uploads {
  private final S3Connection connection;
  private final S3Errors errors;
  private final StoreUrl.S3 url;
  private final String root;

  S3Uploads(S3Connection connection, S3Errors errors, StoreUrl.S3 url, String root) {
    this.connection = connection;
    this.errors = errors;
    this.url = url;
    this.root = root;
  }

  List<UnfinishedUpload> below(String prefix) throws StoreException, InterruptedException {
    List<UnfinishedUpload> found = new ArrayList<>();
    ListMultipartUploadsRequest request =
        ListMultipartUploadsRequest.builder().bucket(url.bucket()).prefix(root + prefix).build();
    try {
      while (true) {
        ListMultipartUploadsResponse page = connection.client().listMultipartUploads(request);
        page.uploads().forEach(upload -> add(prefix, upload, found));
        Optional<String> key = Optional.ofNullable(page.nextKeyMarker()).filter(S3Uploads::isText);
        Optional<String> id =
            Optional.ofNullable(page.nextUploadIdMarker()).filter(S3Uploads::isText);
        boolean isOver = !Boolean.TRUE.equals(page.isTruncated()) || key.isEmpty();
        // A server that goes on from where it was would never end.
        boolean isSame =
            key.equals(Optional.ofNullable(request.keyMarker()).filter(S3Uploads::isText))
                && id.equals(
                    Optional.ofNullable(request.uploadIdMarker()).filter(S3Uploads::isText));
        if (isOver || isSame) {
          return found;
        }
        ListMultipartUploadsRequest.Builder next = request.toBuilder().keyMarker(key.get());
        id.ifPresent(next::uploadIdMarker);
        request = next.build();
      }
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      if (e instanceof AwsServiceException answer && isUnknown(answer)) {
        return List.of();
      }
      throw errors.translate(S3Action.UPLOADS.of(prefix), e);
    }
  }

  /// Some servers send an empty one instead of none.
  private static boolean isText(String text) {
    return !text.isEmpty();
  }

  /// Only those that were asked for: a server may ignore the prefix.
  private void add(String prefix, MultipartUpload upload, List<UnfinishedUpload> found) {
    String path = Objects.requireNonNullElse(upload.key(), "");
    Optional<String> id = Optional.ofNullable(upload.uploadId()).filter(S3Uploads::isText);
    if (path.startsWith(root + prefix) && id.isPresent()) {
      Instant begun = Objects.requireNonNullElse(upload.initiated(), Listed.UNKNOWN);
      found.add(new UnfinishedUpload(path.substring(root.length()), id.get(), begun));
    }
  }

  void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
    try {
      connection
          .client()
          .abortMultipartUpload(
              one -> one.bucket(url.bucket()).key(root + upload.key()).uploadId(upload.id()));
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      if (e instanceof AwsServiceException answer && S3Errors.code(answer).equals("NoSuchUpload")) {
        return;
      }
      throw errors.translate(S3Action.ABORT.of(upload.key()), e);
    }
  }

  private static boolean isUnknown(AwsServiceException e) {
    return e.statusCode() == 405 || e.statusCode() == 501;
  }
}
