package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.Words;
import dev.tidemark.cli.maintain.ScratchFolder;
import dev.tidemark.retention.Levels;
import dev.tidemark.store.StoreUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the YAML of `replicate --config`. Everything it does not know is an error with the line
/// number. Relative paths count from the folder of the file; `${NAME}` and `${NAME:-default}` in
/// values are taken from the environment.
public final class ConfigFile {
  private static final String MAINTENANCE = "maintenance";
  private static final Set<String> BOTH =
      Set.of(
          "sync-interval",
          "spool-sync",
          "spool-quota",
          "wal-cap",
          "audit-interval",
          MAINTENANCE,
          "maintenance-interval");
  private static final Set<String> MAINTAIN = MaintenanceConfig.OPTIONS.keySet();
  private static final Set<String> TOP =
      union(union(Set.of("databases", "http", "prove", "shutdown-timeout"), BOTH), MAINTAIN);
  private static final Set<String> DATABASE = union(union(Set.of("path", "url"), BOTH), MAINTAIN);
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/|s3:");

  private final Path file;
  private final YamlFile yaml;

  private ConfigFile(Path file, YamlFile yaml) {
    this.file = file;
    this.yaml = yaml;
  }

  public static DaemonConfig read(Path file, Function<String, Optional<String>> environment)
      throws IOException, CommandException {
    return new ConfigFile(file, new YamlFile(file, environment)).parse();
  }

  private DaemonConfig parse() throws IOException, CommandException {
    Map<String, Node> top = yaml.mapping(yaml.root(), TOP);
    Node list = yaml.required(top, "databases", Optional.empty());
    if (!(list instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      throw yaml.wrong(list, "'databases' must be a list of databases, each with 'path' and 'url'");
    }
    List<DaemonConfig.Source> sources = new ArrayList<>();
    Map<ControlSocket, Node> places = new HashMap<>();
    Map<Object, Node> logs = new HashMap<>();
    for (Node item : sequence.getValue()) {
      Map<String, Node> own = new LinkedHashMap<>(top);
      Map<String, Node> given = yaml.mapping(item, DATABASE);
      own.putAll(given);
      refuseIdle(given, own.containsKey(MAINTENANCE));
      DaemonConfig.Source source = source(own, item);
      sources.add(source);
      refuseTwice(source, item, places.put(ControlSocket.of(source.database()), item));
      refuseShared(source, item, logs.put(log(source.url()), item));
    }
    boolean isMaintained = sources.stream().anyMatch(it -> it.maintenance().isPresent());
    refuseIdle(top, isMaintained || top.containsKey(MAINTENANCE));
    Duration shutdown =
        yaml.value(top, "shutdown-timeout", Words::duration).orElse(DaemonConfig.SHUTDOWN_TIMEOUT);
    return new DaemonConfig(
        sources,
        shutdown,
        yaml.value(top, "http", DaemonConfig::address),
        yaml.value(top, "prove", DaemonConfig::prove).flatMap(bytes -> bytes));
  }

  /// Two entries lead to one database if they share its state folder, whatever their paths are.
  private void refuseTwice(DaemonConfig.Source source, Node item, @Nullable Node before)
      throws CommandException {
    if (before != null) {
      throw yaml.wrong(
          item,
          "%s is the database of the entry at line %s too; name each database once"
              .formatted(source.database(), YamlFile.line(before.getStartMark())));
    }
  }

  /// One log holds the transactions of one database.
  private void refuseShared(DaemonConfig.Source source, Node item, @Nullable Node before)
      throws CommandException {
    if (before != null) {
      throw yaml.wrong(
          item,
          "%s is the URL of the entry at line %s too; each database needs its own"
              .formatted(source.url(), YamlFile.line(before.getStartMark())));
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
    yaml.required(own, "path", Optional.of(item));
    yaml.required(own, "url", Optional.of(item));
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    return new DaemonConfig.Source(
        yaml.value(own, "path", folder::resolve).orElseThrow(),
        yaml.value(own, "url", text -> url(text, folder)).orElseThrow(),
        Optional.empty(),
        yaml.value(own, "sync-interval", Words::duration).orElse(DaemonConfig.SYNC_INTERVAL),
        yaml.value(own, "spool-sync", DaemonConfig::spoolSync).orElse(DaemonConfig.SPOOL_SYNC),
        yaml.value(own, "spool-quota", Words::size).orElse(DaemonConfig.SPOOL_QUOTA_BYTES),
        yaml.value(own, "wal-cap", Words::size).orElse(DaemonConfig.WAL_CAP_BYTES),
        yaml.value(own, "audit-interval", DaemonConfig::auditInterval)
            .orElse(DaemonConfig.AUDIT_INTERVAL),
        maintenance(own, folder));
  }

  /// Settings of something that is not done would be taken for a promise.
  private void refuseIdle(Map<String, Node> given, boolean isOfUse) throws CommandException {
    for (Map.Entry<String, Node> entry : given.entrySet()) {
      if (!isOfUse && MAINTAIN.contains(entry.getKey())) {
        throw yaml.wrong(
            entry.getValue(),
            "'" + entry.getKey() + "' does nothing without 'maintenance: inside'");
      }
    }
  }

  private Optional<MaintenanceConfig> maintenance(Map<String, Node> own, Path folder)
      throws CommandException {
    boolean isInside = yaml.value(own, MAINTENANCE, MaintenanceConfig::inside).orElse(false);
    Map<String, String> options = new TreeMap<>();
    options.put("--rate", MaintenanceConfig.RATE);
    for (Map.Entry<String, Function<String, ?>> entry : MaintenanceConfig.OPTIONS.entrySet()) {
      String key = entry.getKey();
      yaml.value(
              own,
              key,
              text ->
                  entry.getValue().apply(text) instanceof Path path
                      ? scratch(folder.resolve(path), isInside)
                      : text)
          .ifPresent(text -> options.put(MaintenanceConfig.option(key), text));
    }
    Duration interval =
        yaml.value(own, "maintenance-interval", Words::duration).orElse(MaintenanceConfig.INTERVAL);
    Levels levels = yaml.value(own, "levels", Levels::parse).orElse(Levels.DEFAULT);
    return isInside
        ? Optional.of(
            new MaintenanceConfig(
                interval,
                MaintenanceConfig.settled(levels),
                options.entrySet().stream()
                    .map(option -> option.getKey() + "=" + option.getValue())
                    .toList()))
        : Optional.empty();
  }

  /// A folder that nobody uses may come and go.
  private static String scratch(Path folder, boolean isUsed) {
    if (isUsed) {
      ScratchFolder.check(folder);
    }
    return folder.toString();
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
  }
}
