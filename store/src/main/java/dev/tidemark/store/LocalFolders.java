package dev.tidemark.store;

import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes folders durably, and never a root that has vanished: an unmounted file system must not be
/// mistaken for an empty log. The scratch folder is the sign of a root that is in use, because
/// every write needs it anyway.
final class LocalFolders {
  private final Path root;
  private final boolean create;
  private volatile boolean seen;
  private final Set<Path> known = ConcurrentHashMap.newKeySet();

  LocalFolders(Path root, boolean create) {
    this.root = root;
    this.create = create;
    this.seen = Files.isDirectory(root);
  }

  Path of(Path file) {
    return Objects.requireNonNull(file.getParent(), "an object lies in a folder");
  }

  /// A root that may still be made, and was never seen here: it holds nothing.
  boolean isUnborn() {
    return create && !seen && !Files.exists(root);
  }

  void requireRoot() throws StoreException {
    if (Files.isDirectory(root)) {
      seen = true;
      return;
    }
    throw new StoreException(
        Kind.REFUSED,
        Files.exists(root)
            ? "'%s' is not a directory; a log is a folder, or a URL such as s3://bucket/app"
                .formatted(root)
            : "'%s' does not exist or is out of reach: is the file system mounted?"
                .formatted(root));
  }

  /// Where an object is absent, its folder may be absent as well, but not be something else.
  void requireFolder(Path folder) throws StoreException {
    if (isUnborn()) {
      return;
    }
    requireRoot();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw inTheWay(folder);
    }
  }

  private static StoreException inTheWay(Path folder) {
    return new StoreException(
        Kind.REFUSED, "'%s' is a file where a folder should be: move it away".formatted(folder));
  }

  /// Makes the root's scratch folder for the first write, if that is allowed for this key.
  void makeScratch(String key) throws IOException, StoreException {
    boolean first = create && key.equals(DatabaseRecord.KEY);
    if (first && !Files.exists(root)) {
      makeRoot();
    }
    requireRoot();
    // A copy of a log, made by a tool that skips empty folders, is in use as well; and a probe is
    // run by a person.
    boolean inUse =
        Files.exists(root.resolve(DatabaseRecord.KEY)) || key.startsWith(KeyRule.PROBES);
    if (!first && !inUse) {
      throw new StoreException(
          Kind.REFUSED,
          "'%s' holds no log: is the file system mounted, is the path right?".formatted(root));
    }
    make(root.resolve(LocalStore.SCRATCH));
  }

  private void makeRoot() throws IOException, StoreException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = root; path != null && !Files.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    for (Path path : missing) {
      make(path);
    }
  }

  /// Makes sure that a folder below the root exists, and that this is durable.
  void ensure(Path folder) throws IOException, StoreException {
    if (folder.equals(root) || known.contains(folder)) {
      return;
    }
    Path path = root;
    for (Path name : root.relativize(folder)) {
      path = path.resolve(name);
      make(path);
    }
    known.add(folder);
  }

  private void make(Path folder) throws IOException, StoreException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw inTheWay(folder);
      }
    }
    sync(of(folder));
  }

  void forget(Path folder) {
    known.remove(folder);
  }

  /// Makes the names in a folder durable.
  void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// A probe leaves nothing behind. Other folders stay: their names are known to be durable.
  void afterDelete(String key) {
    if (!key.startsWith(KeyRule.PROBES)) {
      return;
    }
    Path folder = of(root.resolve(key));
    while (!folder.equals(root) && remove(folder)) {
      folder = of(folder);
    }
    if (folder.equals(root) && !Files.exists(root.resolve(DatabaseRecord.KEY))) {
      remove(root.resolve(LocalStore.SCRATCH));
    }
  }

  private boolean remove(Path folder) {
    forget(folder);
    try {
      Files.delete(folder);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
