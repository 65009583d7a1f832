package dev.tidemark.sqlite;

import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sqlite.SQLiteConnection;

/// Lets a process that starts very many [SqliteProcess]es start each for less: their classes in a
/// jar, and what the JVM knows of them in a cache.
public final class ChildCache {
  /// The system property with the options for a child, one a line.
  static final String OPTIONS = "tidemark.sqlite-child";

  private static final String LIBRARY = "/org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";

  private ChildCache() {}

  /// From now on, in this process.
  public static void prepare(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path jar = folder.resolve("child.jar");
    writeJar(jar);
    String others =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(it -> it.contains("sqlite-jdbc") || it.contains("slf4j-api"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> options =
        new ArrayList<>(
            List.of("-Dslf4j.internal.verbosity=ERROR", "-cp", jar + File.pathSeparator + others));
    try (InputStream library = SQLiteConnection.class.getResourceAsStream(LIBRARY)) {
      if (library != null && System.getProperty("os.arch").equals("amd64")) {
        Files.copy(
            library, folder.resolve("libsqlitejdbc.so"), StandardCopyOption.REPLACE_EXISTING);
        options.add("-Dorg.sqlite.lib.path=" + folder);
        options.add("-Dorg.sqlite.lib.name=libsqlitejdbc.so");
      }
    }
    Path cache = folder.resolve("child.aot");
    rehearse(options, cache, folder);
    if (Files.exists(cache)) {
      options.add("-XX:AOTCache=" + cache);
    }
    System.setProperty(OPTIONS, String.join("\n", options));
  }

  private static void writeJar(Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> classes =
            Files.list(
                Path.of(
                        SqliteChild.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve("dev/tidemark/sqlite"))) {
      for (Path file : classes.filter(it -> it.toString().endsWith(".class")).toList()) {
        out.putNextEntry(new JarEntry("dev/tidemark/sqlite/" + file.getFileName()));
        Files.copy(file, out);
      }
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static void rehearse(List<String> options, Path cache, Path folder)
      throws IOException, InterruptedException {
    Files.deleteIfExists(cache);
    List<String> command = SqliteProcess.command(options);
    command.add(1, "-XX:AOTCacheOutput=" + cache);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path database = folder.resolve("rehearsal.db");
    Files.deleteIfExists(database);
    try (OutputStream in = process.getOutputStream();
        DataOutputStream commands = new DataOutputStream(in)) {
      for (String[] each :
          new String[][] {
            {"open", database.toString()},
            {"exec", "PRAGMA journal_mode=WAL"},
            {"exec", "CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)"},
            {"exec", "INSERT INTO writes VALUES (1, randomblob(100))"},
            {"query", "SELECT n FROM writes"},
            {"image", ""},
            {"close", ""}
          }) {
        commands.writeUTF(each[0]);
        commands.writeUTF(each[1]);
      }
    }
    process.waitFor();
  }
}
