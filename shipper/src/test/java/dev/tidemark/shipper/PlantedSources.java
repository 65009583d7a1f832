package dev.tidemark.shipper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Compiles the sources of a planted fault, in memory.
final class PlantedSources {
  private static final Map<String, String> PACKAGES =
      Map.of(
          "retention", "dev/tidemark/retention",
          "store", "dev/tidemark/store",
          "shipper", "dev/tidemark/shipper");

  /// Surefire keeps the class path in a property of its own where the JVM was given a manifest.
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private PlantedSources() {}

  static String classPath() {
    return CLASS_PATH;
  }

  /// The class files of the changed sources, by class name. AssertionError: the list of faults does
  /// not fit the sources any more.
  static Map<String, byte[]> compile(PlantedBug bug) throws IOException {
    Map<Path, String> sources = new LinkedHashMap<>();
    for (PlantedBug.Edit edit : bug.edits()) {
      Path file = file(edit);
      String before = sources.containsKey(file) ? sources.get(file) : Files.readString(file, UTF_8);
      sources.put(file, replaced(bug, edit, before));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (Classes classes = new Classes(compiler.getStandardFileManager(null, Locale.ROOT, UTF_8))) {
      List<String> options =
          List.of("--release", "25", "-proc:none", "-nowarn", "-classpath", CLASS_PATH);
      boolean good =
          compiler
              .getTask(
                  said,
                  classes,
                  null,
                  options,
                  null,
                  sources.entrySet().stream()
                      .map(e -> new Source(e.getKey(), e.getValue()))
                      .toList())
              .call();
      if (!good) {
        throw new AssertionError("%s: does not compile:%n%s".formatted(bug, said));
      }
      return classes.bytes();
    }
  }

  /// Tests run in the folder of their module.
  private static Path file(PlantedBug.Edit edit) {
    return Path.of(
        "..",
        edit.module(),
        "src/main/java",
        PACKAGES.getOrDefault(edit.module(), edit.module()),
        edit.type() + ".java");
  }

  private static String replaced(PlantedBug bug, PlantedBug.Edit edit, String source) {
    int at = source.indexOf(edit.find());
    if (at < 0 || source.indexOf(edit.find(), at + 1) >= 0) {
      throw new AssertionError(
          "%s: %s is to have this text once, and has it %s; the list of planted bugs must follow the code:%n%s"
              .formatted(bug, edit.type(), at < 0 ? "not at all" : "more often", edit.find()));
    }
    return source.replace(edit.find(), edit.replacement());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(Path file, String text) {
      super(URI.create("string:///" + file.getFileName()), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Classes extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();

    Classes(StandardJavaFileManager files) {
      super(files);
    }

    Map<String, byte[]> bytes() {
      Map<String, byte[]> bytes = new LinkedHashMap<>();
      written.forEach((name, out) -> bytes.put(name, out.toByteArray()));
      return bytes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          written.put(className, out);
          return out;
        }
      };
    }
  }
}
