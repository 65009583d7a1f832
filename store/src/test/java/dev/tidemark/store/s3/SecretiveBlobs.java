package dev.tidemark.store.s3;

import java.util.List;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Lets nobody list uploads in parts, as for somebody without that right.
final class SecretiveBlobs extends ForwardingBlobStore {
  SecretiveBlobs(BlobStore blobs) {
    super(blobs);
  }

  @Override
  public List<MultipartUpload> listMultipartUploads(String container) {
    throw S3Exception.builder()
        .statusCode(403)
        .message("injected")
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").build())
        .build();
  }
}
