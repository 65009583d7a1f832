package dev.tidemark.cli.kill;

import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.s3.FaultProxy;
import dev.tidemark.store.s3.S3TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/// A bucket of an S3 server behind a bad network.
final class S3Depot implements Depot {
  private final S3TestServer server;
  private final FaultProxy proxy;
  private final FaultProxy.Weather weather;
  private final String bucket;
  private final Path folder;

  /// `folder` is for copies of the objects.
  S3Depot(S3TestServer server, FaultProxy.Weather weather, String bucket, Path folder, long seed)
      throws IOException {
    this.server = server;
    this.bucket = bucket;
    this.folder = folder;
    this.proxy = FaultProxy.start(server.endpoint(), seed);
    this.weather = weather;
    server.createBucket(bucket);
  }

  @Override
  public String url(String name) {
    return new StoreUrl.S3(
            bucket, name, Optional.of(proxy.endpoint()), Optional.of("us-east-1"), true)
        .toString();
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ACCESS_KEY_ID", server.accessKey(), "AWS_SECRET_ACCESS_KEY", server.secretKey());
  }

  @Override
  public void takeAway() throws IOException {
    proxy.away();
  }

  @Override
  public void bringBack() throws IOException, InterruptedException {
    proxy.back();
  }

  @Override
  public void storm() {
    proxy.weather(weather);
  }

  @Override
  public void calm() {
    proxy.weather(FaultProxy.Weather.CALM);
  }

  /// Around the proxy.
  ObjectStore direct(String name) {
    return server.open(server.url(bucket, name));
  }

  @Override
  public Path objects(String name) throws Exception {
    Path copy = folder.resolve(name);
    try (ObjectStore store = direct(name)) {
      String after = "";
      boolean more = true;
      while (more) {
        ListPage page = store.list("", after);
        for (Listed listed : page.objects()) {
          after = listed.key();
          copy(store, after, copy.resolve(after));
        }
        more = page.more();
      }
    }
    return copy;
  }

  private static void copy(ObjectStore store, String key, Path file) throws Exception {
    Files.createDirectories(file.getParent());
    try (StoredObject object = store.get(key).orElseThrow()) {
      Files.copy(object.content(), file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public String summary() {
    return "S3 with " + proxy.counts();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
