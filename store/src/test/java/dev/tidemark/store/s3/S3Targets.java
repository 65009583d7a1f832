package dev.tidemark.store.s3;

import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreUrl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// What we read ourselves of a server's answers.
public final class S3Targets {
  private static final StoreUrl.S3 URL =
      new StoreUrl.S3("bucket", "p", Optional.empty(), Optional.empty(), true);

  private S3Targets() {}

  public static List<FuzzTarget> all() {
    return List.of(
        FuzzTarget.of(
            "s3-range", List.of(bytes("100\tbytes 0-99/1000"), bytes("5\t")), S3Targets::range),
        FuzzTarget.of(
            "s3-listing",
            List.of(bytes("p/log/a\t17\np/log/b\t9223372036854775807\np/log/c/\t0\n"), bytes("")),
            S3Targets::listing));
  }

  /// A length and the header's value, either of which may be missing.
  private static void range(byte[] input) {
    String[] words = new String(input, StandardCharsets.UTF_8).split("\t", 2);
    GetObjectResponse.Builder answer = GetObjectResponse.builder();
    number(words[0]).ifPresent(answer::contentLength);
    if (words.length > 1 && !words[1].isEmpty()) {
      answer.contentRange(words[1]);
    }
    try {
      ContentRange range = ContentRange.of(answer.build());
      if (range.first() < 0 || range.length() < 0 || range.first() > range.objectSize()) {
        throw new AssertionError("no part of an object: " + range);
      }
    } catch (SdkClientException _) {
      // Refused.
    }
  }

  /// A line for each object: key and size, either of which may be missing.
  private static void listing(byte[] input) throws Exception {
    List<S3Object> objects = new ArrayList<>();
    for (String line : new String(input, StandardCharsets.UTF_8).lines().toList()) {
      String[] words = line.split("\t", 2);
      S3Object.Builder object = S3Object.builder();
      if (!words[0].isEmpty()) {
        object.key(words[0]);
      }
      if (words.length > 1) {
        number(words[1]).ifPresent(object::size);
      }
      objects.add(object.build());
    }
    try {
      new S3Listing(new FixedListing(objects), URL, "p/").page("log/", "");
    } catch (StoreException _) {
      // Refused.
    }
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.valueOf(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A server that lists these objects, whatever it is asked for.
  private record FixedListing(List<S3Object> objects) implements S3Client {
    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
      return ListObjectsV2Response.builder().contents(objects).isTruncated(false).build();
    }

    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}
  }
}
