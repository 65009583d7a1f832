package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.StoreException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A store in a local directory: the object `key` is the file `root/key`.
///
/// An object appears complete or not at all, also after a power failure, and exactly one of several
/// processes wins a put-if-absent: the bytes are written and synced aside, then linked to their
/// name, which fails if the name exists. A file system without hard links is refused.
final class LocalStore implements ObjectStore {
  /// The folder of files being written; never listed.
  static final String SCRATCH = ".tmp";

  // The channel copies through native memory as large as one read, and each thread keeps its own.
  private static final int READ_BYTES = 128 << 10;

  // A folder can be removed by another process (a probe that ends) between making sure of it and
  // linking into it.
  private static final int LINK_ATTEMPTS = 3;

  private final Path root;
  private final LocalFolders folders;
  private final LocalScratch scratch;

  LocalStore(Path root, boolean create, Id128 run) {
    this.root = root;
    this.folders = new LocalFolders(root, create);
    this.scratch = new LocalScratch(root, folders, run);
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    Path file = root.resolve(KeyRule.check(key));
    try {
      PutOutcome outcome;
      try (LocalScratch.Written written = scratch.write(key, body)) {
        outcome = link(file, written.file());
      }
      // Also when it was there before: whoever made it may have died before this sync, and a reader
      // may build on it.
      folders.sync(folders.of(file));
      return outcome;
    } catch (IOException e) {
      throw LocalErrors.translate("storing " + key, root, e);
    }
  }

  private PutOutcome link(Path file, Path written) throws IOException, StoreException {
    for (int attempt = 1; ; attempt++) {
      folders.ensure(folders.of(file));
      try {
        Files.createLink(file, written);
        return PutOutcome.STORED;
      } catch (FileAlreadyExistsException e) {
        refuseFolder(file);
        return PutOutcome.PRESENT;
      } catch (UnsupportedOperationException e) {
        throw LocalErrors.noLinks(root, e);
      } catch (NoSuchFileException e) {
        folders.forget(folders.of(file));
        if (attempt == LINK_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    Path file = root.resolve(KeyRule.check(key));
    try {
      try (LocalScratch.Written written = scratch.write(key, body)) {
        replace(file, written.file());
      }
      folders.sync(folders.of(file));
    } catch (IOException e) {
      throw LocalErrors.translate("storing " + key, root, e);
    }
  }

  private void replace(Path file, Path written) throws IOException, StoreException {
    for (int attempt = 1; ; attempt++) {
      folders.ensure(folders.of(file));
      try {
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (NoSuchFileException e) {
        folders.forget(folders.of(file));
        if (attempt == LINK_ATTEMPTS) {
          throw e;
        }
      } catch (IOException e) {
        refuseFolder(file);
        throw e;
      }
    }
  }

  private void refuseFolder(Path file) throws StoreException {
    if (Files.isDirectory(file)) {
      throw new StoreException(
          Kind.REFUSED, "'%s' is a folder where an object should be: move it away".formatted(file));
    }
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    try {
      Optional<FileChannel> channel = open(key);
      if (channel.isEmpty()) {
        return Optional.empty();
      }
      InputStream content = Channels.newInputStream(channel.get());
      return Optional.of(new StoredObject(channel.get().size(), content));
    } catch (IOException e) {
      throw LocalErrors.translate("reading " + key, root, e);
    }
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    try {
      Optional<FileChannel> opened = open(key);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      try (FileChannel channel = opened.get()) {
        long size = channel.size();
        long offset = range.from(size);
        ByteBuffer bytes = ByteBuffer.allocate(range.count(size));
        for (int at = 0; at < bytes.capacity(); at = bytes.position()) {
          bytes.limit(Math.min(bytes.capacity(), at + READ_BYTES));
          if (channel.read(bytes, offset + at) < 0) {
            throw new EOFException("cut short at byte %d of %d".formatted(offset + at, size));
          }
        }
        return Optional.of(new Slice(bytes.array(), size));
      }
    } catch (IOException e) {
      throw LocalErrors.translate("reading " + key, root, e);
    }
  }

  private Optional<FileChannel> open(String key) throws IOException, StoreException {
    Path file = root.resolve(KeyRule.check(key));
    try {
      // Opening a folder for reading would succeed.
      return Files.readAttributes(file, BasicFileAttributes.class).isDirectory()
          ? Optional.empty()
          : Optional.of(FileChannel.open(file, StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      folders.requireFolder(folders.of(file));
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    Path file = root.resolve(KeyRule.check(key));
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isDirectory() ? OptionalLong.empty() : OptionalLong.of(attributes.size());
    } catch (NoSuchFileException e) {
      folders.requireFolder(folders.of(file));
      return OptionalLong.empty();
    } catch (IOException e) {
      throw LocalErrors.translate("looking for " + key, root, e);
    }
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    if (folders.isUnborn()) {
      return new ListPage(List.of(), false);
    }
    folders.requireRoot();
    try {
      return new LocalListing(root, prefix, after).page();
    } catch (IOException e) {
      throw LocalErrors.translate("listing " + prefix, root, e);
    }
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    Path file = root.resolve(KeyRule.check(key));
    try {
      if (!Files.isDirectory(file)) {
        Files.delete(file);
        folders.afterDelete(key);
      }
    } catch (NoSuchFileException e) {
      folders.requireRoot();
    } catch (IOException e) {
      throw LocalErrors.translate(LocalErrors.DELETING + key, root, e);
    }
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    Set<String> all = new LinkedHashSet<>(keys);
    all.forEach(KeyRule::check);
    List<DeleteRefusal> refused = new ArrayList<>();
    for (String key : all) {
      try {
        delete(key);
      } catch (StoreException e) {
        if (e.kind() != Kind.REFUSED) {
          throw e;
        }
        // A root that is gone refuses everything, which is no answer about this object.
        folders.requireRoot();
        refused.add(new DeleteRefusal(key, String.valueOf(e.getMessage())));
      }
    }
    return refused;
  }

  @Override
  public StoreInsight insight() {
    return new LocalInsight(root, folders, scratch);
  }

  @Override
  public void close() {
    // Nothing is held between calls.
  }
}
