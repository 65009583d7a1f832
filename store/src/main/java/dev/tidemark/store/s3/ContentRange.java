package dev.tidemark.store.s3;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Which bytes of an object an answer carries.
record ContentRange(long first, long length, long objectSize) {
  private static final Pattern HEADER =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /// Without the header, the answer is the whole object.
  static ContentRange of(GetObjectResponse response) {
    Long length = response.contentLength();
    if (length == null || length < 0) {
      throw SdkClientException.create("the answer does not say how long it is");
    }
    Optional<String> header = Optional.ofNullable(response.contentRange());
    if (header.isEmpty()) {
      return new ContentRange(0, length, length);
    }
    Matcher matcher = HEADER.matcher(header.get());
    if (!matcher.matches()) {
      throw SdkClientException.create("the answer's range cannot be read");
    }
    long first = Long.parseLong(matcher.group(1));
    long objectSize = Long.parseLong(matcher.group(3));
    if (length > objectSize - first) {
      throw SdkClientException.create("the answer's range does not lie in the object");
    }
    return new ContentRange(first, length, objectSize);
  }
}
