package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Every state that a simulated database was ever committed in, in order, those included that a
/// power cut or a replaced file took back.
final class SimHistory {
  private record Failed(long parent, Checksum checksum) {}

  private final List<SimState> states = new ArrayList<>();
  private final BitSet present = new BitSet();
  private final List<Failed> failed = new ArrayList<>();

  List<SimState> states() {
    return List.copyOf(states);
  }

  int size() {
    return states.size();
  }

  /// Whether the database as it is now goes back to this state.
  boolean isPresent(SimState state) {
    return present.get((int) state.number());
  }

  /// The state that the database is in; empty before the first commit, or without a file.
  Optional<SimState> current() {
    return present.isEmpty() ? Optional.empty() : Optional.of(states.get(present.length() - 2));
  }

  /// The states that the database went through to become what it is.
  List<SimState> line() {
    return present.stream().mapToObj(number -> states.get(number - 1)).toList();
  }

  Optional<SimState> find(Checksum checksum) {
    return states.reversed().stream().filter(s -> s.checksum().equals(checksum)).findFirst();
  }

  SimState add(int pageSize, List<byte[]> pages, long salts, long frame) {
    SimState state =
        new SimState(states.size() + 1L, pageSize, pages, SimState.checksumOf(pages), salts, frame);
    states.add(state);
    present.set((int) state.number());
    return state;
  }

  /// A commit wrote all its frames, and no header; recovery may count it.
  void failed(List<byte[]> pages) {
    failed.add(new Failed(present.length() - 1L, SimState.checksumOf(pages)));
  }

  /// The database is an earlier state of itself again.
  void backTo(SimState state) {
    backTo(state.number());
  }

  private void backTo(long number) {
    present.clear((int) number + 1, Math.max(present.length(), (int) number + 1));
    if (number > 0) {
      present.set((int) number);
    }
  }

  /// There is no database any more.
  void gone() {
    present.clear();
  }

  /// Recovery found this; it must be a committed state, or a commit that failed at its very end.
  void recovered(int pageSize, List<byte[]> pages, long salts, long frame) {
    Checksum checksum = SimState.checksumOf(pages);
    Optional<SimState> known =
        line().reversed().stream()
            .filter(s -> s.checksum().equals(checksum))
            .filter(s -> frame == 0 || (s.salts() == salts && s.frame() == frame))
            .findFirst();
    if (known.isPresent()) {
      backTo(known.get());
      return;
    }
    // A frame that is written again with the same bytes makes those valid that a power cut had cut
    // off behind it.
    Optional<SimState> cutOff =
        states.reversed().stream()
            .filter(s -> s.checksum().equals(checksum))
            .filter(s -> frame > 0 && s.salts() == salts && s.frame() == frame)
            .findFirst();
    if (cutOff.isPresent()) {
      int number = (int) cutOff.get().number();
      present.clear(number, Math.max(present.length(), number));
      present.set(number);
      return;
    }
    Failed revived =
        failed.stream()
            .filter(f -> f.checksum().equals(checksum))
            .findFirst()
            .orElseThrow(() -> new AssertionError("recovery found no committed state"));
    backTo(revived.parent());
    add(pageSize, pages, salts, frame);
  }

  SimHistory copy() {
    SimHistory copy = new SimHistory();
    copy.states.addAll(states);
    copy.present.or(present);
    copy.failed.addAll(failed);
    return copy;
  }
}
