package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Counted;
import dev.tidemark.store.Listed;
import dev.tidemark.store.UnfinishedUpload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What lies beside the log and does no harm: leftovers of writers that were fenced, of maintainers
/// that were killed, of uploads that never ended, and what is none of Tidemark's.
///
/// A healthy log has thousands of segments between the move of its boundary and the end of the
/// grace time. So more than a few of one kind are told in one line.
final class Leftovers {
  private static final int LINES_MAX = 10;

  /// In the order in which they are told. The words are those for many of the kind.
  private enum Kind {
    BELOW("lie below the boundary and prove nothing"),
    UNREACHED("continue from where nothing leads to"),
    UPLOAD("are uploads that never ended, or are under way"),
    FOREIGN("are no names of Tidemark's");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /// All of one kind: the first ones each by itself, and how much it is.
  private static final class Group {
    private final List<VerifyResult.Note> first = new ArrayList<>();
    private String last = "";
    private long count;
    private long bytes;
  }

  private final Map<Kind, Group> groups = new EnumMap<>(Kind.class);

  /// A segment that the boundary has passed.
  void below(Chain.Item item, Position boundary) {
    String note = "lies below the boundary %s and proves nothing; ".formatted(boundary);
    add(Kind.BELOW, item.key().text(), item.size(), note + bytes(item.size()));
  }

  /// A merged file that no sound objects lead to.
  void unreached(Chain.Item item, Position start) {
    String note = "continues from %s, which nothing leads to; ".formatted(start);
    add(Kind.UNREACHED, item.key().text(), item.size(), note + bytes(item.size()));
  }

  /// The parts of it are not listed as objects, and neither is what they take.
  void upload(UnfinishedUpload upload) {
    Instant begun = upload.begun();
    String since = begun.equals(Listed.UNKNOWN) ? "" : "; begun " + begun;
    add(Kind.UPLOAD, upload.key(), 0, "is an upload that never ended, or is under way" + since);
  }

  void foreign(Listed listed) {
    String note = "is no name of Tidemark's; " + bytes(listed.size());
    add(Kind.FOREIGN, listed.key(), listed.size(), note);
  }

  private void add(Kind kind, String key, long bytes, String note) {
    Group group = groups.computeIfAbsent(kind, _ -> new Group());
    if (group.count < LINES_MAX) {
      group.first.add(new VerifyResult.Note(key, note));
    }
    group.last = key;
    group.count++;
    group.bytes += bytes;
  }

  List<VerifyResult.Note> notes() {
    List<VerifyResult.Note> notes = new ArrayList<>();
    groups.forEach((kind, group) -> {
      if (group.count <= LINES_MAX) {
        notes.addAll(group.first);
      } else {
        notes.add(sum(kind, group));
      }
    });
    return notes;
  }

  private static VerifyResult.Note sum(Kind kind, Group group) {
    String note = "and %d more up to %s %s".formatted(group.count - 1, group.last, kind.words);
    String bytes = kind == Kind.UPLOAD ? "" : "; %s in all".formatted(bytes(group.bytes));
    return new VerifyResult.Note(group.first.getFirst().key(), note + bytes);
  }

  private static String bytes(long bytes) {
    return Counted.of(bytes, "byte");
  }
}
