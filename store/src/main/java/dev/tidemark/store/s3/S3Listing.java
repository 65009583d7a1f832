package dev.tidemark.store.s3;

import dev.tidemark.store.KeyRule;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// One page of a bucket's listing. Refuses a server that does not list in key order or ignores
/// where to start: a chain read from such a listing would have holes that are not there.
final class S3Listing {
  private static final int PAGE = 1_000;

  private final S3Client client;
  private final StoreUrl.S3 url;
  private final String root;

  S3Listing(S3Client client, StoreUrl.S3 url, String root) {
    this.client = client;
    this.url = url;
    this.root = root;
  }

  ListPage page(String prefix, String after) throws StoreException {
    String start = after;
    while (true) {
      ListObjectsV2Response answer = client.listObjectsV2(request(prefix, start));
      List<Listed> objects = new ArrayList<>(answer.contents().size());
      for (S3Object object : answer.contents()) {
        if (object.key() == null || object.size() == null || object.size() < 0) {
          throw new StoreException(
              Kind.REFUSED, "listing %s: the server lists no key or no size".formatted(url));
        }
        String key = relative(object.key());
        if (KeyRule.ORDER.compare(key, start) <= 0) {
          throw disorder(key, start);
        }
        start = key;
        // Not ours, e.g. "folders" that a console made.
        if (KeyRule.isKey(key)) {
          Instant storedAt = Optional.ofNullable(object.lastModified()).orElse(Listed.UNKNOWN);
          objects.add(new Listed(key, object.size(), storedAt));
        }
      }
      boolean more = Boolean.TRUE.equals(answer.isTruncated()) && !answer.contents().isEmpty();
      if (!more || !objects.isEmpty()) {
        return new ListPage(objects, more);
      }
    }
  }

  private ListObjectsV2Request request(String prefix, String start) {
    ListObjectsV2Request.Builder request =
        ListObjectsV2Request.builder().bucket(url.bucket()).prefix(root + prefix).maxKeys(PAGE);
    // The prefix itself may be an object (a console's "folder"): never asked for.
    String from = start.isEmpty() ? root : root + start;
    return from.isEmpty() ? request.build() : request.startAfter(from).build();
  }

  private String relative(String path) throws StoreException {
    if (!path.startsWith(root)) {
      throw new StoreException(
          Kind.REFUSED, "listing %s: the server ignores the prefix".formatted(url));
    }
    return path.substring(root.length());
  }

  private StoreException disorder(String key, String before) {
    return new StoreException(
        Kind.REFUSED,
        "listing %s: the server lists '%s' after '%s', not in key order; it cannot hold a log"
            .formatted(url, key, before));
  }
}
