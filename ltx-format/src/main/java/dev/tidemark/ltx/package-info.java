/// LTX files, segment containers, checksums and positions: bytes in, bytes out. This package
/// depends on the JDK, zstd-jni and an LZ4 codec only; it opens no file, no socket and no database.
///
/// Page numbers ([PageSize#lockPgno]) are one-based and travel as `long`, because the format's own
/// field is an unsigned 32-bit one.
@NullMarked
package dev.tidemark.ltx;

import org.jspecify.annotations.NullMarked;
