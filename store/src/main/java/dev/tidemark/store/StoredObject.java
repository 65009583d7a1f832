package dev.tidemark.store;

import java.io.IOException;
import java.io.InputStream;

/// An object being read; close it.
public record StoredObject(long size, InputStream content) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    content.close();
  }
}
