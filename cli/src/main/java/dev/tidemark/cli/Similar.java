package dev.tidemark.cli;

import java.util.Comparator;
import java.util.List;

/// Did you mean: the words that are a typing mistake away from one that is unknown.
public final class Similar {
  private Similar() {}

  public static List<String> to(String word, List<String> candidates) {
    int far = Math.max(1, word.length() / 3);
    return candidates.stream()
        .filter(candidate -> distance(word, candidate) <= far || isCutShort(word, candidate))
        .sorted(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .toList();
  }

  private static boolean isCutShort(String word, String candidate) {
    return word.length() >= 3 && candidate.startsWith(word);
  }

  /// Insertions, deletions, replacements and exchanges of neighbours between two words.
  static int distance(String a, String b) {
    int[][] steps = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        steps[i][j] = i == 0 || j == 0 ? i + j : cheapest(steps, a, b, i, j);
      }
    }
    return steps[a.length()][b.length()];
  }

  private static int cheapest(int[][] steps, String a, String b, int i, int j) {
    int replaced = steps[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
    boolean exchanged =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return exchanged ? Math.min(best, steps[i - 2][j - 2] + 1) : best;
  }
}
