package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Similar;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// A file of YAML, whose every complaint names the line. `${NAME}` and `${NAME:-default}` in values
/// are taken from the environment.
final class YamlFile {
  private static final int DEPTH_MAX = 16;

  /// No mistake in typing makes a key as long.
  private static final int KEY_MAX = 100;

  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final Path file;
  private final Function<String, Optional<String>> environment;

  YamlFile(Path file, Function<String, Optional<String>> environment) {
    this.file = file;
    this.environment = environment;
  }

  private String text() throws IOException, CommandException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new CommandException(ExitCode.USAGE, file + ": is not text in UTF-8", e);
    }
  }

  Node root() throws IOException, CommandException {
    String text = text();
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      checkDepth(new Parse(settings).parseString(text));
      return new Compose(settings)
          .composeString(text)
          .orElseThrow(() -> new CommandException(ExitCode.USAGE, file + ": is empty"));
    } catch (MarkedYamlEngineException e) {
      throw wrong(e.getProblemMark(), e.getProblem());
    } catch (YamlEngineException e) {
      throw new CommandException(ExitCode.USAGE, file + ": " + e.getMessage(), e);
    }
  }

  /// The composer calls itself for each level, so that a text of brackets alone would end it.
  private void checkDepth(Iterable<Event> events) throws CommandException {
    int depth = 0;
    for (Event event : events) {
      depth += event instanceof CollectionStartEvent ? 1 : 0;
      depth -= event instanceof CollectionEndEvent ? 1 : 0;
      if (depth > DEPTH_MAX) {
        throw wrong(event.getStartMark(), "lists and mappings lie too deep in each other");
      }
    }
  }

  Map<String, Node> mapping(Node node, Set<String> known) throws CommandException {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "expected 'name: value' lines");
    }
    List<String> names = known.stream().sorted().toList();
    Map<String, Node> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!known.contains(key)) {
        throw wrong(
            tuple.getKeyNode(),
            "unknown key '%s'; %sknown here: %s"
                .formatted(key, meant(key, names), String.join(", ", names)));
      }
      if (values.put(key, tuple.getValueNode()) != null) {
        throw wrong(tuple.getKeyNode(), "'" + key + "' stands here twice");
      }
    }
    return values;
  }

  private static String meant(String key, List<String> known) {
    List<String> similar = key.length() > KEY_MAX ? List.of() : Similar.to(key, known);
    return similar.isEmpty() ? "" : "did you mean '" + similar.getFirst() + "'? ";
  }

  Node required(Map<String, Node> values, String key, Optional<Node> where)
      throws CommandException {
    Node node = values.get(key);
    if (node == null) {
      throw wrong(where.flatMap(Node::getStartMark), "'" + key + "' is missing");
    }
    return node;
  }

  <T> Optional<T> value(Map<String, Node> values, String key, Function<String, T> read)
      throws CommandException {
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong(node, "'" + key + "' must be one value");
    }
    try {
      return Optional.of(read.apply(expand(scalar.getValue())));
    } catch (IllegalArgumentException e) {
      throw wrong(node, "'" + key + "': " + e.getMessage());
    }
  }

  private String expand(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(variable(match.group(1), match.group(2))));
  }

  private String variable(String name, @Nullable String other) {
    return environment
        .apply(name)
        .or(() -> Optional.ofNullable(other))
        .orElseThrow(
            () -> new IllegalArgumentException("the environment variable " + name + " is not set"));
  }

  CommandException wrong(Node node, String what) {
    return wrong(node.getStartMark(), what);
  }

  private CommandException wrong(Optional<Mark> mark, String what) {
    String line = mark.isPresent() ? ":" + line(mark) : "";
    return new CommandException(ExitCode.USAGE, file + line + ": " + what);
  }

  static String line(Optional<Mark> mark) {
    return mark.map(m -> Integer.toString(m.getLine() + 1)).orElse("unknown");
  }
}
