package dev.tidemark.store.s3;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import java.net.URI;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// An S3 server in this process, on a free port, that keeps objects in memory and checks
/// signatures. The first start of a JVM takes most of a second, later ones a few milliseconds; one
/// per test class with a bucket per test is the usual way.
public final class S3TestServer implements AutoCloseable {
  private static final String ACCESS_KEY = "tidemark-test";
  private static final String SECRET_KEY = "tidemark-test-secret";

  /// Above what a store sends in one request.
  private static final long BODY_BYTES_MAX = 128L << 20;

  private final BlobStore blobs;
  private final S3Proxy server;
  private final AtomicInteger buckets = new AtomicInteger();

  private S3TestServer(BlobStore blobs, S3Proxy server) {
    this.blobs = blobs;
    this.server = server;
  }

  public static S3TestServer start() throws Exception {
    return start(0);
  }

  /// At a port of its own; 0: any that is free.
  public static S3TestServer start(int port) throws Exception {
    return start(port, BlobStores.create("transient-nio2", new Properties()));
  }

  /// One that takes conditional puts and ignores the condition, as some stores do.
  public static S3TestServer ignoringConditions() throws Exception {
    return start(0, new CarelessBlobs(BlobStores.create("transient-nio2", new Properties())));
  }

  /// One that fails every fifth read and listing.
  public static S3TestServer failingOften() throws Exception {
    return start(0, new FlakyBlobs(BlobStores.create("transient-nio2", new Properties())));
  }

  /// One that tells nobody which uploads in parts there are.
  public static S3TestServer hidingUploads() throws Exception {
    return start(0, new SecretiveBlobs(BlobStores.create("transient-nio2", new Properties())));
  }

  private static S3TestServer start(int port, BlobStore blobs) throws Exception {
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
            .v4MaxNonChunkedRequestSize(BODY_BYTES_MAX)
            .stopTimeout(0)
            .build();
    server.start();
    return new S3TestServer(blobs, server);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  public String accessKey() {
    return ACCESS_KEY;
  }

  public String secretKey() {
    return SECRET_KEY;
  }

  /// Makes a bucket on any S3 server.
  static void createBucket(StoreUrl.S3 url, String accessKey, String secretKey) {
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    try (S3Connection connection = new S3Connection(url, () -> credentials)) {
      connection.client().createBucket(bucket -> bucket.bucket(url.bucket()));
    }
  }

  public void createBucket(String name) {
    blobs.createContainer(name);
  }

  /// A new bucket, with a prefix, as a URL.
  public StoreUrl.S3 newBucket() {
    String name = "bucket-" + buckets.incrementAndGet();
    createBucket(name);
    return url(name, "some/prefix");
  }

  /// Begins an upload in parts of an object and leaves it so.
  public void beginUpload(StoreUrl.S3 url, String key) {
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));
    try (S3Connection connection = new S3Connection(url, () -> credentials)) {
      connection
          .client()
          .createMultipartUpload(start -> start.bucket(url.bucket()).key(url.prefix() + "/" + key));
    }
  }

  /// How many multipart uploads were begun and neither completed nor aborted.
  public int unfinishedUploads(String bucket) {
    return blobs.listMultipartUploads(bucket).size();
  }

  public StoreUrl.S3 url(String bucket, String prefix) {
    return new StoreUrl.S3(bucket, prefix, Optional.of(endpoint()), Optional.of("us-east-1"), true);
  }

  /// A store with this server's credentials; needs none in the environment.
  public ObjectStore open(StoreUrl.S3 url) {
    return open(url, ACCESS_KEY, SECRET_KEY);
  }

  /// A store of any S3 server with the credentials given.
  public static ObjectStore open(StoreUrl.S3 url, String accessKey, String secretKey) {
    return open(url, accessKey, secretKey, S3Multipart.Sizes.STANDARD);
  }

  static ObjectStore open(
      StoreUrl.S3 url, String accessKey, String secretKey, S3Multipart.Sizes sizes) {
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    return new S3Store(url, new S3Connection(url, () -> credentials), sizes);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the S3 test server did not stop", e);
    }
    blobs.close();
  }
}
