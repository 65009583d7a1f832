package dev.tidemark.cli.daemon;

import dev.tidemark.restore.Proof;
import java.nio.file.Path;
import java.util.Optional;

/// What is proven of one database's log, and the bytes that were read back for it since the start.
record ProofStatus(Proof proof, long readBytes) {
  /// Where the state of a database's proof is found; empty: nothing is proven in the background.
  interface Board {
    Board NONE = _ -> Optional.empty();

    Optional<ProofStatus> of(Path database);
  }
}
