package dev.tidemark.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One JSON object, written on one line with its fields in the order they were put.
public final class Json {
  private final Map<String, String> fields = new LinkedHashMap<>();

  /// A string: the value's own text form (positions, transaction numbers, paths, times).
  public Json text(String name, Object value) {
    fields.put(name, quote(value.toString()));
    return this;
  }

  /// A string, or null where there is nothing.
  public Json text(String name, Optional<?> value) {
    fields.put(name, value.map(present -> quote(present.toString())).orElse("null"));
    return this;
  }

  public Json number(String name, long value) {
    fields.put(name, Long.toString(value));
    return this;
  }

  /// Seconds, to the millisecond.
  public Json seconds(String name, double value) {
    fields.put(name, BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).toPlainString());
    return this;
  }

  public Json truth(String name, boolean value) {
    fields.put(name, Boolean.toString(value));
    return this;
  }

  public Json object(String name, Json value) {
    fields.put(name, value.toString());
    return this;
  }

  public Json list(String name, List<Json> values) {
    fields.put(name, array(values.stream().map(Json::toString).toList()));
    return this;
  }

  public Json texts(String name, List<?> values) {
    fields.put(name, array(values.stream().map(value -> quote(value.toString())).toList()));
    return this;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    fields.forEach((name, value) ->
        out.append(out.length() == 1 ? "" : ",").append(quote(name)).append(':').append(value));
    return out.append('}').toString();
  }

  private static String array(List<String> values) {
    return "[" + String.join(",", values) + "]";
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || (Character.isSurrogate(c) && !isPaired(text, i))) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static boolean isPaired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
