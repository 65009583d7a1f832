package dev.tidemark.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a local store knows beside its objects: files that were begun and never got their name.
record LocalInsight(Path root, LocalFolders folders, LocalScratch scratch) implements StoreInsight {
  @Override
  public List<UnfinishedUpload> unfinishedUploads(String prefix)
      throws StoreException, InterruptedException {
    if (folders.isUnborn()) {
      return List.of();
    }
    folders.requireRoot();
    try {
      return scratch.leftovers().stream().filter(it -> it.key().startsWith(prefix)).toList();
    } catch (IOException e) {
      throw LocalErrors.translate("listing " + LocalStore.SCRATCH, root, e);
    }
  }

  @Override
  public void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
    try {
      scratch.remove(upload);
    } catch (IOException e) {
      throw LocalErrors.translate(LocalErrors.DELETING + upload.key(), root, e);
    }
  }
}
