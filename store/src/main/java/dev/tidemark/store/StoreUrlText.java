package dev.tidemark.store;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The text form of a [StoreUrl]. No message repeats a part of the input that may hold a secret:
/// user information, and values of unknown parameters.
final class StoreUrlText {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):/.*", Pattern.DOTALL);
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Set<String> PARAMETERS = Set.of("endpoint", "region", "path-style");
  private static final String PLAIN = "-._~/:@!$'()*,;";

  /// Leaves room for our own keys within S3's 1 024 bytes.
  private static final int PREFIX_BYTES_MAX = 800;

  private StoreUrlText() {}

  static StoreUrl parse(String url, Optional<String> defaultEndpoint) {
    if (url.isBlank()) {
      throw new IllegalArgumentException(
          "the store URL is empty: give file:///dir or s3://bucket/prefix");
    }
    var scheme = SCHEME.matcher(url);
    if (!scheme.matches()) {
      return url.startsWith("s3:") ? s3(url, defaultEndpoint) : local(url);
    }
    return switch (scheme.group(1)) {
      case "file" -> file(url);
      case "s3" -> s3(url, defaultEndpoint);
      case "http", "https" ->
          throw new IllegalArgumentException(
              ("a store URL cannot begin with %s://: for an S3 server write"
                      + " s3://bucket/prefix?endpoint=%s://host:port")
                  .formatted(scheme.group(1), scheme.group(1)));
      default ->
          throw new IllegalArgumentException(
              "unknown store '%s://': use s3://bucket/prefix, file:///dir or a path"
                  .formatted(scheme.group(1)));
    };
  }

  private static StoreUrl.Local file(String url) {
    String rest = url.substring("file:".length());
    if (rest.startsWith("//")) {
      rest = rest.substring(2);
      if (rest.startsWith("localhost/")) {
        rest = rest.substring("localhost".length());
      }
      if (!rest.startsWith("/")) {
        throw new IllegalArgumentException(
            "a file URL has three slashes and an absolute path: file:///dir");
      }
    }
    if (rest.contains("?") || rest.contains("#")) {
      throw new IllegalArgumentException(
          "a file URL takes no parameters (write %3F for '?' and %23 for '#')");
    }
    return local(decode(rest));
  }

  private static StoreUrl.Local local(String path) {
    try {
      return new StoreUrl.Local(Path.of(path));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + e.getReason(), e);
    }
  }

  private static StoreUrl.S3 s3(String url, Optional<String> defaultEndpoint) {
    if (!url.startsWith("s3://")) {
      throw new IllegalArgumentException("an S3 URL has two slashes: s3://bucket/prefix");
    }
    if (url.contains("#")) {
      throw new IllegalArgumentException("an S3 URL has no '#' (write %23 for one in the prefix)");
    }
    int question = url.indexOf('?');
    String place = url.substring("s3://".length(), question < 0 ? url.length() : question);
    Map<String, String> query = question < 0 ? Map.of() : query(url.substring(question + 1));
    int slash = place.indexOf('/');
    String bucket = bucket(slash < 0 ? place : place.substring(0, slash));
    String prefix = slash < 0 ? "" : prefix(decode(place.substring(slash + 1)));
    Optional<URI> endpoint =
        Optional.ofNullable(query.get("endpoint"))
            .or(() -> defaultEndpoint.filter(text -> !text.isBlank()))
            .map(StoreUrlText::endpoint);
    Optional<String> region = Optional.ofNullable(query.get("region"));
    region.ifPresent(StoreUrlText::checkRegion);
    boolean pathStyle =
        switch (query.getOrDefault("path-style", endpoint.isPresent() ? "true" : "false")) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new IllegalArgumentException("path-style must be true or false");
        };
    return new StoreUrl.S3(bucket, prefix, endpoint, region, pathStyle);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> found = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!PARAMETERS.contains(name)) {
        throw new IllegalArgumentException(
            ("unknown URL parameter '%s': known are endpoint, region and path-style (credentials"
                    + " come from the environment)")
                .formatted(name));
      }
      if (found.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
        throw new IllegalArgumentException("URL parameter '%s' is given twice".formatted(name));
      }
    }
    return found;
  }

  private static String bucket(String text) {
    if (text.contains("@")) {
      throw new IllegalArgumentException(
          "credentials do not belong into the URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
              + " or use a profile");
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the bucket is missing: s3://bucket/prefix");
    }
    if (!BUCKET.matcher(text).matches() || text.contains("..") || ADDRESS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          ("'%s' is not a bucket name: 3 to 63 of a-z, 0-9, '-' and '.', beginning and ending with"
                  + " a letter or digit")
              .formatted(text));
    }
    return text;
  }

  private static String prefix(String text) {
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (trimmed.isEmpty()) {
      return "";
    }
    if (trimmed.getBytes(StandardCharsets.UTF_8).length > PREFIX_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the prefix is longer than " + PREFIX_BYTES_MAX + " bytes");
    }
    for (String name : trimmed.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("the prefix has an empty, '.' or '..' part");
      }
    }
    if (trimmed.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("the prefix has a control character");
    }
    return trimmed;
  }

  private static URI endpoint(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the endpoint is not a URL: http://host:port", e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (uri.getRawUserInfo() != null || text.contains("@")) {
      throw new IllegalArgumentException(
          "credentials do not belong into the endpoint: they come from the environment");
    }
    if (!web
        || uri.getHost() == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the endpoint must be http://host:port or https://host:port");
    }
    return uri;
  }

  private static void checkRegion(String region) {
    if (!REGION.matcher(region).matches()) {
      throw new IllegalArgumentException("the region must be a name like us-east-1");
    }
  }

  static String of(StoreUrl.S3 url) {
    StringBuilder text = new StringBuilder("s3://").append(url.bucket());
    if (!url.prefix().isEmpty()) {
      text.append('/').append(encode(url.prefix()));
    }
    char separator = '?';
    if (url.endpoint().isPresent()) {
      text.append(separator).append("endpoint=").append(encode(url.endpoint().get().toString()));
      separator = '&';
    }
    if (url.region().isPresent()) {
      text.append(separator).append("region=").append(encode(url.region().get()));
      separator = '&';
    }
    if (url.pathStyle() != url.endpoint().isPresent()) {
      text.append(separator).append("path-style=").append(url.pathStyle());
    }
    return text.toString();
  }

  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.write(in[i]);
        continue;
      }
      if (i + 2 >= in.length
          || !HexFormat.isHexDigit(in[i + 1])
          || !HexFormat.isHexDigit(in[i + 2])) {
        throw new IllegalArgumentException(
            "'%' in a URL is followed by two hex digits (write %25 for '%' itself)");
      }
      out.write(HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2]));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(out.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the URL's percent codes are not UTF-8", e);
    }
  }
}
