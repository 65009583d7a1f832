package dev.tidemark.restore;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.JsonObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a prover knows beside the page checksums, kept as `proof.json`. For one thread.
final class ProofState {
  private static final int FORMAT = 1;

  /// Transactions that can no longer be had, after a position up to and with the last.
  record Lost(Position before, Txid last) {}

  final String url;
  Optional<Id128> databaseId = Optional.empty();
  int boundaryNumber;
  Position boundary = Position.START;
  Position from = Position.START;
  Optional<Position> reached = Optional.empty();
  Optional<Instant> at = Optional.empty();

  /// What keeps the walk from going on.
  List<VerifyResult.Problem> blocked = List.of();

  /// What the last listing showed to be wrong with what was proven before.
  List<VerifyResult.Problem> swept = List.of();

  List<Lost> lost = List.of();

  /// What is wrong with merged files and snapshots.
  List<VerifyResult.Problem> covers = List.of();

  ProofState(String url) {
    this.url = url;
  }

  void boundary(BoundaryRecord record) {
    boundaryNumber = record.number();
    boundary = record.position();
  }

  List<VerifyResult.Problem> problems() {
    List<VerifyResult.Problem> all = new ArrayList<>(swept);
    all.addAll(blocked);
    all.addAll(covers);
    return all;
  }

  Proof proof() {
    Optional<Position> position = reached;
    for (Lost range : lost) {
      if (position.isPresent() && range.before().txid().compareTo(position.get().txid()) < 0) {
        position = Optional.of(range.before());
      }
    }
    return new Proof(from, position.filter(p -> !p.equals(Position.START)), at, problems());
  }

  /// Of this log, or of none.
  static ProofState read(SmallFile file, String url) throws IOException {
    Optional<JsonObject> found = file.read();
    if (found.isPresent()) {
      try {
        JsonObject json = found.get();
        if (json.number("format").orElse(0) == FORMAT
            && json.string("url").equals(Optional.of(url))) {
          return of(json, url);
        }
      } catch (IllegalArgumentException | DateTimeException _) {
        // Of no use; everything in it can be found out again.
      }
    }
    return new ProofState(url);
  }

  private static ProofState of(JsonObject json, String url) {
    ProofState state = new ProofState(url);
    state.databaseId = json.string("database_id").map(Id128::parse);
    state.boundaryNumber = (int) json.number("boundary_number").orElse(0);
    state.boundary = position(json, "boundary");
    state.from = position(json, "from");
    state.reached = json.string("reached").map(Position::parse);
    state.at = json.string("at").map(Instant::parse);
    state.blocked = problems(json, "blocked");
    state.swept = problems(json, "swept");
    state.covers = problems(json, "covers");
    List<Lost> lost = new ArrayList<>();
    for (Object element : json.list("lost")) {
      if (element instanceof JsonObject range) {
        lost.add(
            new Lost(
                position(range, "before"),
                Txid.parse(
                    range
                        .string("last")
                        .orElseThrow(
                            () -> new IllegalArgumentException("a range without an end")))));
      }
    }
    state.lost = lost;
    return state;
  }

  private static Position position(JsonObject json, String name) {
    return json.string(name).map(Position::parse).orElse(Position.START);
  }

  private static List<VerifyResult.Problem> problems(JsonObject json, String name) {
    List<VerifyResult.Problem> problems = new ArrayList<>();
    for (Object element : json.list(name)) {
      if (element instanceof JsonObject problem) {
        problems.add(
            new VerifyResult.Problem(
                problem.string("key").orElse(""),
                problem.string("problem").orElse(""),
                problem.string("positions")));
      }
    }
    return problems;
  }

  void write(SmallFile file) throws IOException {
    file.write(
        new JsonObject()
            .put("format", FORMAT)
            .put("url", url)
            .put("database_id", databaseId.map(Id128::toString))
            .put("boundary_number", boundaryNumber)
            .put("boundary", boundary.toString())
            .put("from", from.toString())
            .put("reached", reached.map(Position::toString))
            .put("at", at.map(Instant::toString))
            .put("blocked", json(blocked))
            .put("swept", json(swept))
            .put(
                "lost",
                lost.stream()
                    .map(range ->
                        new JsonObject()
                            .put("before", range.before().toString())
                            .put("last", range.last().toString()))
                    .toList())
            .put("covers", json(covers)));
  }

  private static List<JsonObject> json(List<VerifyResult.Problem> problems) {
    return problems.stream()
        .map(problem ->
            new JsonObject()
                .put("key", problem.key())
                .put("problem", problem.problem())
                .put("positions", problem.positions()))
        .toList();
  }
}
