package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlTest {
  private static StoreUrl parse(String url) {
    return StoreUrl.parse(url, Optional.empty());
  }

  @Test
  void readsPathsAndFileUrls() {
    assertThat(parse("/var/log db")).isEqualTo(new StoreUrl.Local(Path.of("/var/log db")));
    assertThat(parse("file:///var/log%20db/"))
        .isEqualTo(new StoreUrl.Local(Path.of("/var/log db")));
    assertThat(parse("file:/var/x")).isEqualTo(new StoreUrl.Local(Path.of("/var/x")));
    assertThat(parse("file://localhost/var/x")).isEqualTo(new StoreUrl.Local(Path.of("/var/x")));
    assertThat(parse("backup/../b")).isEqualTo(new StoreUrl.Local(Path.of("b").toAbsolutePath()));
    assertThat(parse("what?is=this"))
        .isEqualTo(new StoreUrl.Local(Path.of("what?is=this").toAbsolutePath()));
  }

  @Test
  void readsEveryPartOfAnS3Url() {
    assertThat(
            parse(
                "s3://my.bucket-1/a/b?endpoint=http://127.0.0.1:9000"
                    + "&region=eu-west-1&path-style=false"))
        .isEqualTo(
            new StoreUrl.S3(
                "my.bucket-1",
                "a/b",
                Optional.of(URI.create("http://127.0.0.1:9000")),
                Optional.of("eu-west-1"),
                false));
    assertThat(parse("s3://bucket"))
        .isEqualTo(new StoreUrl.S3("bucket", "", Optional.empty(), Optional.empty(), false));
    assertThat(parse("s3://bucket/")).isEqualTo(parse("s3://bucket"));
    assertThat(parse("s3://bucket/a/")).isEqualTo(parse("s3://bucket/a"));
    assertThat(parse("s3://bucket/a?endpoint=http%3A%2F%2Fs3.local%3A80"))
        .isEqualTo(parse("s3://bucket/a?endpoint=http://s3.local:80&path-style=true"));
  }

  @Test
  void environmentsEndpointIsTheDefault() {
    Optional<String> endpoint = Optional.of("http://10.0.0.1:9000");
    assertThat(StoreUrl.parse("s3://bucket/a", endpoint))
        .isEqualTo(parse("s3://bucket/a?endpoint=http://10.0.0.1:9000"));
    assertThat(StoreUrl.parse("s3://bucket/a?endpoint=http://other:1", endpoint))
        .isEqualTo(parse("s3://bucket/a?endpoint=http://other:1"));
    assertThat(StoreUrl.parse("s3://bucket/a", Optional.of(" "))).isEqualTo(parse("s3://bucket/a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a b/ü/100%25/?#",
        "file:///a%3Fb%23c",
        "s3://bucket",
        "s3://bucket/a%20b/%C3%BC+=%26",
        "s3://bucket/p?endpoint=https://h:1/path",
        "s3://bucket/p?region=auto&path-style=true",
        "s3://bucket/p?endpoint=http://h:1&region=auto&path-style=false"
      })
  void textRoundTrips(String text) {
    StoreUrl url = parse(text);
    assertThat(parse(url.toString())).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|empty",
        "'  '|empty",
        "http://host/bucket|s3://bucket/prefix?endpoint=http",
        "gs://bucket/x|unknown store 'gs://'",
        "s3:bucket|two slashes",
        "s3:/bucket/x|two slashes",
        "s3://|bucket is missing",
        "s3:///x|bucket is missing",
        "s3://AB|not a bucket name",
        "s3://My_Bucket/x|not a bucket name",
        "s3://10.0.0.1/x|not a bucket name",
        "s3://bucket:9000/x|not a bucket name",
        "s3://bucket//x|the prefix has an empty",
        "s3://bucket/a/../x|the prefix has an empty",
        "s3://bucket/a%0Ab|control character",
        "s3://bucket/a%zz|two hex digits",
        "s3://bucket/a#b|%23",
        "s3://bucket/a?regoin=x|unknown URL parameter 'regoin'",
        "s3://bucket/a?|unknown URL parameter ''",
        "s3://bucket/a?region=x&region=y|given twice",
        "s3://bucket/a?region=|region must be",
        "s3://bucket/a?path-style=yes|true or false",
        "s3://bucket/a?endpoint=localhost:9000|endpoint must be",
        "s3://bucket/a?endpoint=http://|endpoint is not a URL",
        "s3://bucket/a?endpoint=ftp://h|endpoint must be",
        "file://host/x|three slashes",
        "file:///x?region=a|takes no parameters",
      })
  void badUrlIsRefusedInOneLine(String url, String hint) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://KEY:hush@bucket/x",
        "s3://bucket/x?endpoint=http://KEY:hush@h:1",
        "s3://bucket/x?secret=hush",
      })
  void secretsAreRefusedAndNotRepeated(String url) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hush")
        .contains("credentials");
  }
}
