package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.Path;

/// Where live databases come from. See [dev.tidemark.sqlite.SourceDatabase#open] for what may go
/// wrong.
interface Sources {
  Source open(Path database) throws IOException, UnsuitableDatabaseException;
}
