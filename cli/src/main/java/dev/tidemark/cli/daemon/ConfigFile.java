package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Words;
import dev.tidemark.store.StoreUrl;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the YAML of `replicate --config`. Everything it does not know is an error with the line
/// number. Relative paths count from the folder of the file; `${NAME}` and `${NAME:-default}` in
/// values are taken from the environment.
public final class ConfigFile {
  private static final int DEPTH_MAX = 16;
  private static final Set<String> TOP =
      Set.of(
          "databases",
          "http",
          "prove",
          "shutdown-timeout",
          "sync-interval",
          "spool-sync",
          "spool-quota",
          "wal-cap",
          "audit-interval");
  private static final Set<String> DATABASE =
      Set.of(
          "path", "url", "sync-interval", "spool-sync", "spool-quota", "wal-cap", "audit-interval");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/|s3:");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final Path file;
  private final Function<String, Optional<String>> environment;

  private ConfigFile(Path file, Function<String, Optional<String>> environment) {
    this.file = file;
    this.environment = environment;
  }

  public static DaemonConfig read(Path file, Function<String, Optional<String>> environment)
      throws IOException, CommandException {
    return new ConfigFile(file, environment).parse(text(file));
  }

  private static String text(Path file) throws IOException, CommandException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new CommandException(ExitCode.USAGE, file + ": is not text in UTF-8", e);
    }
  }

  private DaemonConfig parse(String text) throws IOException, CommandException {
    Map<String, Node> top = mapping(root(text), TOP);
    Node list = required(top, "databases", Optional.empty());
    if (!(list instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      throw wrong(list, "'databases' must be a list of databases, each with 'path' and 'url'");
    }
    List<DaemonConfig.Source> sources = new ArrayList<>();
    Map<ControlSocket, Node> places = new HashMap<>();
    Map<Object, Node> logs = new HashMap<>();
    for (Node item : sequence.getValue()) {
      Map<String, Node> own = new LinkedHashMap<>(top);
      own.putAll(mapping(item, DATABASE));
      DaemonConfig.Source source = source(own, item);
      sources.add(source);
      refuseTwice(source, item, places.put(ControlSocket.of(source.database()), item));
      refuseShared(source, item, logs.put(log(source.url()), item));
    }
    Duration shutdown =
        value(top, "shutdown-timeout", Words::duration).orElse(DaemonConfig.SHUTDOWN_TIMEOUT);
    return new DaemonConfig(
        sources,
        shutdown,
        value(top, "http", DaemonConfig::address),
        value(top, "prove", DaemonConfig::prove).flatMap(bytes -> bytes));
  }

  /// Two entries lead to one database if they share its state folder, whatever their paths are.
  private void refuseTwice(DaemonConfig.Source source, Node item, @Nullable Node before)
      throws CommandException {
    if (before != null) {
      throw wrong(
          item,
          "%s is the database of the entry at line %s too; name each database once"
              .formatted(source.database(), line(before.getStartMark())));
    }
  }

  /// One log holds the transactions of one database.
  private void refuseShared(DaemonConfig.Source source, Node item, @Nullable Node before)
      throws CommandException {
    if (before != null) {
      throw wrong(
          item,
          "%s is the URL of the entry at line %s too; each database needs its own"
              .formatted(source.url(), line(before.getStartMark())));
    }
  }

  /// What two URLs of one log have in common. What is no URL is told when it is opened.
  private Object log(String url) {
    try {
      return StoreUrl.parse(url, Optional.empty());
    } catch (IllegalArgumentException _) {
      return url;
    }
  }

  /// A plain path counts from the file's folder, like every other.
  private String url(String text, Path folder) {
    return text.isBlank() || SCHEME.matcher(text).lookingAt()
        ? text
        : folder.resolve(text).normalize().toString();
  }

  private DaemonConfig.Source source(Map<String, Node> own, Node item) throws CommandException {
    required(own, "path", Optional.of(item));
    required(own, "url", Optional.of(item));
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    return new DaemonConfig.Source(
        value(own, "path", folder::resolve).orElseThrow(),
        value(own, "url", text -> url(text, folder)).orElseThrow(),
        Optional.empty(),
        value(own, "sync-interval", Words::duration).orElse(DaemonConfig.SYNC_INTERVAL),
        value(own, "spool-sync", DaemonConfig::spoolSync).orElse(DaemonConfig.SPOOL_SYNC),
        value(own, "spool-quota", Words::size).orElse(DaemonConfig.SPOOL_QUOTA_BYTES),
        value(own, "wal-cap", Words::size).orElse(DaemonConfig.WAL_CAP_BYTES),
        value(own, "audit-interval", DaemonConfig::auditInterval)
            .orElse(DaemonConfig.AUDIT_INTERVAL));
  }

  private Node root(String text) throws CommandException {
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

  private Map<String, Node> mapping(Node node, Set<String> known) throws CommandException {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "expected 'name: value' lines");
    }
    Map<String, Node> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!known.contains(key)) {
        throw wrong(
            tuple.getKeyNode(),
            "unknown key '"
                + key
                + "'; known here: "
                + String.join(", ", known.stream().sorted().toList()));
      }
      if (values.put(key, tuple.getValueNode()) != null) {
        throw wrong(tuple.getKeyNode(), "'" + key + "' stands here twice");
      }
    }
    return values;
  }

  private Node required(Map<String, Node> values, String key, Optional<Node> where)
      throws CommandException {
    Node node = values.get(key);
    if (node == null) {
      throw wrong(where.flatMap(Node::getStartMark), "'" + key + "' is missing");
    }
    return node;
  }

  private <T> Optional<T> value(Map<String, Node> values, String key, Function<String, T> read)
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

  private CommandException wrong(Node node, String what) {
    return wrong(node.getStartMark(), what);
  }

  private CommandException wrong(Optional<Mark> mark, String what) {
    String line = mark.isPresent() ? ":" + line(mark) : "";
    return new CommandException(ExitCode.USAGE, file + line + ": " + what);
  }

  private static String line(Optional<Mark> mark) {
    return mark.map(m -> Integer.toString(m.getLine() + 1)).orElse("unknown");
  }
}
