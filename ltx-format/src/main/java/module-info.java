/// LTX files and the objects that carry them: bytes in, bytes out. No network, no SQL, no files.
module dev.tidemark.ltx {
  requires com.github.luben.zstd_jni;
  requires org.lz4.java;
  requires static transitive org.jspecify;

  exports dev.tidemark.ltx;
}
