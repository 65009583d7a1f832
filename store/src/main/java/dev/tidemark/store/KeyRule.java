package dev.tidemark.store;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/// Which keys a store takes, and how they sort.
public final class KeyRule {
  /// The order of every listing: by the bytes of UTF-8, as S3 does.
  public static final Comparator<String> ORDER = KeyRule::compare;

  /// What begins with it is nobody's data: `doctor` tries things out there.
  public static final String PROBES = "doctor/";

  private static final int BYTES_MAX = 1_000;

  private KeyRule() {}

  /// Answers the key. IllegalArgumentException for one that some store could not hold, or that
  /// would leave the root of a local one.
  public static String check(String key) {
    if (!isKey(key)) {
      throw new IllegalArgumentException("not an object key: '%s'".formatted(key));
    }
    return key;
  }

  /// A relative path of plain names.
  public static boolean isKey(String key) {
    if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      return false;
    }
    if (key.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
      return false;
    }
    String[] names = key.split("/", -1);
    for (String name : names) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        return false;
      }
    }
    return !names[0].equals(LocalStore.SCRATCH);
  }

  /// The same as comparing the bytes, without making them: only surrogates sort differently in
  /// UTF-16.
  private static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x == y) {
        continue;
      }
      if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
        return Character.isSurrogate(x) ? 1 : -1;
      }
      return Character.compare(x, y);
    }
    return Integer.compare(a.length(), b.length());
  }
}
