package dev.tidemark.store.s3;

import dev.tidemark.store.StoreUrl;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// The SDK's client, made with the first request.
final class S3Connection implements AutoCloseable {
  // Bodies go out plain, their SHA-256 signed, because that is what every S3 server understands:
  // some damage or
  // refuse the SDK's chunked framing and trailing checksums, and a server that answers before it
  // has read the
  // trailer breaks the connection. Our objects carry their own digest.
  //
  // The SDK must not retry: it would turn a put whose answer was lost into a refusal. One policy
  // retries, elsewhere.
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(40);

  /// Slower than this is taken for a dead connection.
  private static final long BYTES_PER_SECOND_MIN = 128 << 10;

  private final StoreUrl.S3 url;
  private final Supplier<AwsCredentialsProvider> credentials;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Optional<S3Client> made = Optional.empty();
  private boolean closed;

  S3Connection(StoreUrl.S3 url, Supplier<AwsCredentialsProvider> credentials) {
    this.url = url;
    this.credentials = credentials;
  }

  /// How long one attempt to send or get so many bytes may take.
  static Duration timeout(long bytes) {
    return ATTEMPT_TIMEOUT.plusSeconds(bytes / BYTES_PER_SECOND_MIN);
  }

  S3Client client() {
    Optional<S3Client> ready = made;
    if (ready.isPresent()) {
      return ready.get();
    }
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      S3Client client = made.orElseGet(this::make);
      made = Optional.of(client);
      return client;
    } finally {
      lock.unlock();
    }
  }

  private S3Client make() {
    AwsCredentialsProvider chain = credentials.get();
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(SILENCE_TIMEOUT))
            .credentialsProvider(() -> resolve(chain))
            .region(region())
            .forcePathStyle(url.pathStyle())
            .serviceConfiguration(
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(all ->
                all.retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallAttemptTimeout(ATTEMPT_TIMEOUT));
    url.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private static software.amazon.awssdk.auth.credentials.AwsCredentials resolve(
      AwsCredentialsProvider chain) {
    try {
      return chain.resolveCredentials();
    } catch (SdkClientException e) {
      throw new MissingCredentialsException(e);
    }
  }

  // With an endpoint, the region is a formality, and the instance's own is not asked for over the
  // network.
  private Region region() {
    if (url.region().isPresent()) {
      return Region.of(url.region().get());
    }
    if (url.endpoint().isEmpty()) {
      return new DefaultAwsRegionProviderChain().getRegion();
    }
    try {
      return new AwsRegionProviderChain(
              new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
          .getRegion();
    } catch (SdkClientException e) {
      return Region.US_EAST_1;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      made.ifPresent(S3Client::close);
    } finally {
      lock.unlock();
    }
  }
}
