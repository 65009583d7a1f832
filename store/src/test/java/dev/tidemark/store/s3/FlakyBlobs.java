package dev.tidemark.store.s3;

import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Fails every fifth read and listing.
final class FlakyBlobs extends ForwardingBlobStore {
  private static final int EVERY = 5;

  private final AtomicInteger requests = new AtomicInteger();

  FlakyBlobs(BlobStore blobs) {
    super(blobs);
  }

  private void pass() {
    if (requests.incrementAndGet() % EVERY == 0) {
      throw S3Exception.builder().statusCode(503).message("injected").build();
    }
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    pass();
    return super.list(request);
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    pass();
    return super.getBlob(request);
  }
}
