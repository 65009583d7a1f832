package dev.tidemark.store.s3;

import dev.tidemark.store.KeyRule;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.UnfinishedUpload;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/// What a bucket tells about itself.
final class S3Insight implements StoreInsight {
  private static final Logger LOG = LoggerFactory.getLogger(S3Insight.class);

  private final StoreUrl.S3 url;
  private final S3Connection connection;
  private final S3Errors errors;
  private final String root;

  S3Insight(StoreUrl.S3 url, S3Connection connection, S3Errors errors, String root) {
    this.url = url;
    this.connection = connection;
    this.errors = errors;
    this.root = root;
  }

  @Override
  public Optional<ObjectStore> inParts() {
    return Optional.of(new S3Store(url, connection, S3Multipart.Sizes.ALWAYS));
  }

  @Override
  public Optional<Instant> serverTime() throws StoreException, InterruptedException {
    try {
      return connection
          .client()
          .listObjectsV2(one -> one.bucket(url.bucket()).prefix(root + KeyRule.PROBES).maxKeys(1))
          .sdkHttpResponse()
          .firstMatchingHeader("Date")
          .flatMap(S3Insight::time);
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      throw errors.translate(S3Action.LIST.of(KeyRule.PROBES), e);
    }
  }

  @Override
  public List<UnfinishedUpload> unfinishedUploads(String prefix)
      throws StoreException, InterruptedException {
    return new S3Uploads(connection, errors, url, root).below(prefix);
  }

  @Override
  public void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
    new S3Uploads(connection, errors, url, root).abort(upload);
  }

  private static Optional<Instant> time(String header) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  // Few may read them, and many servers have none: no answer is no finding.
  @Override
  public List<String> lifecycleRules() throws InterruptedException {
    try {
      return connection
          .client()
          .getBucketLifecycleConfiguration(one -> one.bucket(url.bucket()))
          .rules()
          .stream()
          .filter(rule -> LifecycleRules.harms(rule, root))
          .map(LifecycleRules::text)
          .toList();
    } catch (SdkException | UncheckedIOException | MissingCredentialsException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException("life-cycle rules").initCause(e);
      }
      LOG.debug("no life-cycle rules can be read", e);
      return List.of();
    }
  }
}
