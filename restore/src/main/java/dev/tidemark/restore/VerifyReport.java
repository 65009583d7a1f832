package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was found so far.
final class VerifyReport {
  private final List<VerifyResult.Problem> problems = new ArrayList<>();
  private final List<VerifyResult.Note> notes = new ArrayList<>();
  private final Leftovers leftovers = new Leftovers();

  void problem(String key, String problem) {
    problems.add(new VerifyResult.Problem(key, problem, Optional.empty()));
  }

  /// Positions from `first` to before `next` are lost; no `next`: all later ones.
  void lost(String key, String problem, Txid first, Optional<Txid> next) {
    lost(key, problem, first + next.map(n -> " to " + n.previous()).orElse(" and later"));
  }

  void lost(String key, String problem, String positions) {
    problems.add(new VerifyResult.Problem(key, problem, Optional.of(positions)));
  }

  void note(String key, String note) {
    notes.add(new VerifyResult.Note(key, note));
  }

  /// What is noted of what lies beside the log.
  Leftovers leftovers() {
    return leftovers;
  }

  List<VerifyResult.Problem> problems() {
    return List.copyOf(problems);
  }

  VerifyResult result(Optional<Position> head, int objects) {
    List<VerifyResult.Note> all = new ArrayList<>(leftovers.notes());
    all.addAll(notes);
    return new VerifyResult(head, objects, problems, all);
  }
}
