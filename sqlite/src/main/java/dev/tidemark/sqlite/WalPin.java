package dev.tidemark.sqlite;

import java.io.IOException;

/// What keeps the WAL from being overwritten before it was read.
///
/// There are two states, and a pin never holds neither while it goes from one to the other:
///
/// - [State#NO_RESET]: nobody can reset the WAL; writers append. Checkpoints come as far as
///   [#refresh] last let them, or without limit ([#limitsCheckpoints]).
/// - [State#ONE_RESET]: the WAL may be reset once. Nothing written since can be backfilled, and
///   what is not backfilled cannot be reset away, so a second reset that loses frames is impossible
///   until the pin goes back.
///
/// One thread at a time.
public interface WalPin {
  enum State {
    RELEASED,
    NO_RESET,
    ONE_RESET
  }

  State state();

  /// Begins to hold. True when held afterwards. The state is NO_RESET, except that a pin by SQL
  /// transactions begins in ONE_RESET while the WAL is fully backfilled. False: every reader slot
  /// is in use; a PASSIVE checkpoint may free some.
  boolean holdUnused() throws IOException;

  /// NO_RESET to ONE_RESET, if nothing was committed after `shipped` and all of it is backfilled.
  /// False, and nothing changed, otherwise.
  boolean allowOneReset(WalIndexHeader shipped) throws IOException;

  /// ONE_RESET to NO_RESET, to be called as soon as salts or mxFrame change. True when in NO_RESET
  /// afterwards; false: no slot is free at this moment, still safe, call again.
  boolean blockResets() throws IOException;

  /// Whether checkpoints come no further than a frame of before. Until [#refresh], those that the
  /// application runs after each commit have nothing to do and cost it next to nothing; but one
  /// that waits for readers waits for this pin, and writers with it.
  boolean limitsCheckpoints();

  /// Lets checkpoints come at least as far as `shipped`, of which everything is read. May end in
  /// ONE_RESET where `allowOneReset(shipped)` would. False: not possible at this moment; call
  /// again.
  boolean refresh(WalIndexHeader shipped) throws IOException;

  /// Whether [#refresh] is to be called although nothing was committed since: the pin may stand
  /// where a waiting checkpoint waits for it. Asked often; comes to rest by itself.
  boolean wantsRefresh();

  /// Holds nothing afterwards. Harmless when repeated.
  void release() throws IOException;
}
