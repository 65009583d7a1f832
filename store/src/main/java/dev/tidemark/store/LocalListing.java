package dev.tidemark.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/// One page of a local store's listing.
final class LocalListing {
  // A folder is read in batches of its smallest names, so that memory does not grow with the folder
  // and only those
  // names are looked at (a stat each) that may belong to the page. A folder sorts as its name and a
  // slash: "a-b"
  // comes before what is in "a". Names that vanish meanwhile were deleted and are left out.
  static final int PAGE = 1_000;

  private static final Comparator<Child> ORDER =
      Comparator.comparing(Child::sortKey, KeyRule.ORDER);

  private final Path root;
  private final String prefix;
  private final String after;
  private final List<Listed> found = new ArrayList<>();

  /// A file, or a folder, whose key then ends with a slash.
  private record Child(String sortKey, long size, Instant storedAt) {
    boolean isFolder() {
      return sortKey.endsWith("/");
    }
  }

  LocalListing(Path root, String prefix, String after) {
    this.root = root;
    this.prefix = prefix;
    this.after = after;
  }

  ListPage page() throws IOException {
    walk(prefix.substring(0, prefix.lastIndexOf('/') + 1));
    boolean more = found.size() > PAGE;
    return new ListPage(more ? found.subList(0, PAGE) : found, more);
  }

  /// `folder` is a key prefix: empty, or with a slash at its end.
  private void walk(String folder) throws IOException {
    String last = "";
    while (found.size() <= PAGE) {
      List<Child> batch = children(folder, last);
      for (Child child : batch) {
        if (found.size() > PAGE) {
          return;
        }
        if (child.isFolder()) {
          walk(child.sortKey());
        } else {
          found.add(new Listed(child.sortKey(), child.size(), child.storedAt()));
        }
        last = child.sortKey();
      }
      if (batch.size() <= PAGE) {
        return;
      }
    }
  }

  private List<Child> children(String folder, String last) throws IOException {
    PriorityQueue<Child> smallest = new PriorityQueue<>(Collections.reverseOrder(ORDER));
    try (DirectoryStream<Path> names = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path path : names) {
        String key = folder + path.getFileName();
        Child greatest = smallest.peek();
        boolean full = smallest.size() > PAGE;
        if (full && greatest != null && KeyRule.ORDER.compare(key, greatest.sortKey()) > 0) {
          continue;
        }
        Optional<Child> child = wanted(key) ? child(path, key) : Optional.empty();
        if (child.isPresent()
            && mayHold(child.get())
            && KeyRule.ORDER.compare(child.get().sortKey(), last) > 0) {
          smallest.add(child.get());
          if (full) {
            smallest.remove();
          }
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    List<Child> sorted = new ArrayList<>(smallest);
    sorted.sort(ORDER);
    return sorted;
  }

  /// What can be told from the name alone: whether it, or something below it, may be in the answer.
  private boolean wanted(String key) {
    boolean beyond = KeyRule.ORDER.compare(key + "/", after) > 0 || after.startsWith(key + "/");
    return key.startsWith(prefix) && beyond && KeyRule.isKey(key);
  }

  private boolean mayHold(Child child) {
    return child.isFolder() || KeyRule.ORDER.compare(child.sortKey(), after) > 0;
  }

  private static Optional<Child> child(Path path, String key) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Instant changed = attributes.lastModifiedTime().toInstant();
      if (attributes.isDirectory()) {
        return Optional.of(new Child(key + "/", 0, changed));
      }
      return attributes.isRegularFile()
          ? Optional.of(new Child(key, attributes.size(), changed))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
