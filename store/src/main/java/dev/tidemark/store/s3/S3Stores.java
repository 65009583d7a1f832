package dev.tidemark.store.s3;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// Opens stores in S3 buckets.
public final class S3Stores {
  private S3Stores() {}

  /// Makes no request. Credentials come from the standard AWS chain, looked up with the first
  /// request.
  public static ObjectStore open(StoreUrl.S3 url) {
    return new S3Store(
        url,
        new S3Connection(url, DefaultCredentialsProvider.builder()::build),
        S3Multipart.Sizes.STANDARD);
  }
}
