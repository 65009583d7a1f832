import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Checks or rewrites the layout of every Java file of the project: `Format check|write ROOT`.
final class Format {
  private Format() {}

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]).toRealPath();
    List<Path> changed =
        sources(root).parallelStream().filter(file -> changes(file, write)).sorted().toList();
    for (Path file : changed) {
      System.err.println((write ? "formatted " : "not formatted: ") + root.relativize(file));
    }
    if (!write && !changed.isEmpty()) {
      System.err.println(changed.size() + " files are not formatted; `make fmt` rewrites them");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> isSource(root.relativize(file))).toList();
    }
  }

  private static boolean isSource(Path file) {
    for (Path part : file) {
      String name = part.toString();
      if (name.equals("target") || name.length() > 1 && name.startsWith(".")) {
        return false;
      }
    }
    return file.toString().endsWith(".java");
  }

  private static boolean changes(Path file, boolean write) {
    try {
      String before = Files.readString(file);
      String after = new Formatter().formatSourceAndFixImports(before);
      if (write && !after.equals(before)) {
        Files.writeString(file, after);
      }
      return !after.equals(before);
    } catch (FormatterException e) {
      System.err.println(file + ": " + e.getMessage());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
