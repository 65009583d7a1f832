package dev.tidemark.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Where a log lies. `toString` is the URL, without anything secret; parsing it gives an equal
/// value.
public sealed interface StoreUrl {
  /// A directory; absolute and normalised.
  record Local(Path root) implements StoreUrl {
    public Local {
      root = root.toAbsolutePath().normalize();
    }

    @Override
    public String toString() {
      return "file://" + StoreUrlText.encode(root.toString());
    }
  }

  /// A prefix of a bucket; the prefix has neither a leading nor a trailing slash and may be empty.
  record S3(
      String bucket,
      String prefix,
      Optional<URI> endpoint,
      Optional<String> region,
      boolean pathStyle)
      implements StoreUrl {
    @Override
    public String toString() {
      return StoreUrlText.of(this);
    }
  }

  /// `file:///dir`, a plain path, or `s3://bucket/prefix?endpoint=…&region=…&path-style=true`;
  /// IllegalArgumentException with a one-line hint for anything else. `defaultEndpoint` is
  /// TIDEMARK_S3_ENDPOINT. Path style is the default as soon as there is an endpoint, since few
  /// servers answer to host names by bucket.
  static StoreUrl parse(String url, Optional<String> defaultEndpoint) {
    return StoreUrlText.parse(url, defaultEndpoint);
  }
}
