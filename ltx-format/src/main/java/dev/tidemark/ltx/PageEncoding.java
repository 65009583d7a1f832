package dev.tidemark.ltx;

/// How a writer stores page payloads. Both are LZ4 blocks that any LTX reader reads.
public enum PageEncoding {
  /// One literal run: the page as it is, for a container that compresses as a whole. All we store.
  LITERAL,
  /// Compressed, for interchange with other tools.
  LZ4
}
