package dev.tidemark.store;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/// One JSON object, fields in the order in which they were put: all the JSON that Tidemark speaks.
/// Records in the store are one, and so is every line of `--json`. Not safe for many threads.
public final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  /// In what the parser says where the text ends too early.
  private static final String END = "end-of-input";

  /// Stands for `null`, which never crosses a method boundary.
  private enum Null {
    NULL
  }

  private final Map<String, Object> fields = new LinkedHashMap<>();

  public JsonObject put(String name, String value) {
    return set(name, value);
  }

  public JsonObject put(String name, long value) {
    return set(name, value);
  }

  public JsonObject put(String name, double value) {
    return set(name, value);
  }

  public JsonObject put(String name, boolean value) {
    return set(name, value);
  }

  public JsonObject put(String name, JsonObject value) {
    return set(name, value);
  }

  public JsonObject put(String name, Instant value) {
    return set(name, value.toString());
  }

  /// A list of objects, or of strings, numbers, booleans and lists of these.
  public JsonObject put(String name, List<?> values) {
    return set(name, List.copyOf(values));
  }

  /// The value, or `null` when there is none.
  public JsonObject put(String name, Optional<String> value) {
    return set(name, value.<Object>map(v -> v).orElse(Null.NULL));
  }

  public JsonObject putNull(String name) {
    return set(name, Null.NULL);
  }

  private JsonObject set(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  /// Empty: the field is missing or no string.
  public Optional<String> string(String name) {
    return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /// Empty: the field is missing or no whole number.
  public OptionalLong number(String name) {
    return fields.get(name) instanceof Long value ? OptionalLong.of(value) : OptionalLong.empty();
  }

  public Optional<JsonObject> object(String name) {
    return fields.get(name) instanceof JsonObject value ? Optional.of(value) : Optional.empty();
  }

  /// Empty if the field is missing or no list. Nulls in it are left out.
  public List<?> list(String name) {
    return fields.get(name) instanceof List<?> values ? values : List.of();
  }

  /// One line, without a line break.
  @Override
  public String toString() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(json, this);
    }
    return out.toString();
  }

  public byte[] bytes() {
    return (this + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /// Exactly one object; IllegalArgumentException says what is wrong, for a person.
  public static JsonObject parse(byte[] utf8) {
    if (utf8.length == 0) {
      throw new IllegalArgumentException("it is empty");
    }
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is JSON, but does not begin with {");
      }
      JsonObject object = readObject(json);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("something follows after its last }");
      }
      return object;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(complaint(e, utf8.length), e);
    }
  }

  /// The parser's own words are for those who know it.
  private static String complaint(JacksonException e, int length) {
    TokenStreamLocation at = e.getLocation();
    return switch (e) {
      case UnexpectedEndOfInputException _ -> cutShort(length);
      // Between two fields it has no type of its own.
      case StreamReadException read when read.getOriginalMessage().contains(END) ->
          cutShort(length);
      case StreamConstraintsException _ -> "it is nested too deep, or a value in it is too long";
      case InputCoercionException _ -> "a number in it is too large";
      default ->
          at == null || at.getByteOffset() < 0
              ? "it is not JSON"
              : "it is not JSON, near byte " + at.getByteOffset();
    };
  }

  private static String cutShort(int length) {
    return "it is cut short, after " + Counted.of(length, "byte");
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case String text -> json.writeString(text);
      case Long number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      case Null.NULL -> json.writeNull();
      case JsonObject object -> {
        json.writeStartObject();
        object.fields.forEach((name, field) -> {
          json.writeName(name);
          write(json, field);
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(element -> write(json, element));
        json.writeEndArray();
      }
      default -> throw new IllegalArgumentException("no JSON form: " + value.getClass().getName());
    }
  }

  private static JsonObject readObject(JsonParser json) {
    JsonObject object = new JsonObject();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      object.set(name, readValue(json));
    }
    return object;
  }

  private static Object readValue(JsonParser json) {
    JsonToken token = json.currentToken();
    return switch (token) {
      case START_OBJECT -> readObject(json);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          Object value = readValue(json);
          if (value != Null.NULL) {
            list.add(value);
          }
        }
        yield List.copyOf(list);
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> Null.NULL;
      default -> throw new IllegalArgumentException("unexpected " + token);
    };
  }
}
