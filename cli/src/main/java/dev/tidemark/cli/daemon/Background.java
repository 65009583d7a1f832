package dev.tidemark.cli.daemon;

import java.nio.file.Path;
import java.util.Optional;

/// What the daemon does for its databases beside shipping them.
record Background(ProofStatus.Board proofs, MaintenanceStatus.Board maintenance) {
  static final Background NONE =
      new Background(ProofStatus.Board.NONE, MaintenanceStatus.Board.NONE);

  Optional<ProofStatus> proof(Path database) {
    return proofs.of(database);
  }

  Optional<MaintenanceStatus> maintenance(Path database) {
    return maintenance.of(database);
  }
}
