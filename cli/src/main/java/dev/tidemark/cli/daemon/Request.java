package dev.tidemark.cli.daemon;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a client asks of the daemon. `json` is what it wants to read.
record Request(String method, String path, Map<String, String> query, boolean json) {
  /// Reads the head of an HTTP/1.1 request; IllegalArgumentException for anything else.
  static Request parse(String head) {
    List<String> lines = head.lines().toList();
    String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IllegalArgumentException("not an HTTP/1.1 request");
    }
    return of(words[0], words[1], wantsJson(lines));
  }

  private static boolean wantsJson(List<String> head) {
    for (String line : head) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("accept:")) {
        return !lower.contains("text/plain");
      }
    }
    return true;
  }

  private static Request of(String method, String target, boolean json) {
    int mark = target.indexOf('?');
    Map<String, String> query = new HashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          query.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return new Request(method, mark < 0 ? target : target.substring(0, mark), query, json);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
