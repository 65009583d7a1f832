package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.s3.S3Stores;
import java.security.SecureRandom;

/// Opens stores.
public final class Stores {
  private Stores() {}

  /// Makes no request and creates nothing. For a local store `create` permits to make the root
  /// together with the first `database.json`; otherwise a missing root is REFUSED.
  public static ObjectStore open(StoreUrl url, boolean create) {
    return switch (url) {
      case StoreUrl.Local local ->
          new LocalStore(local.root(), create, Id128.random(new SecureRandom()));
      case StoreUrl.S3 s3 -> S3Stores.open(s3);
    };
  }
}
