package dev.tidemark.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// One parser under attack.
///
/// @param corpus sound inputs, which all others are made of
/// @param mend makes the checksums of an input right, so that what lies behind them is reached
/// @param allocationMax how many bytes one parse may allocate, whatever the input says of itself
public record FuzzTarget(
    String name, List<byte[]> corpus, Mend mend, long allocationMax, Parser parser) {
  private static final long ALLOCATION_MAX = 16 << 20;

  /// Answers the input itself if it cannot be mended.
  @FunctionalInterface
  public interface Mend {
    byte[] apply(byte[] input);
  }

  /// Returns if the input was taken, or refused by the parser's own error. Whatever it throws is a
  /// defect.
  @FunctionalInterface
  public interface Parser {
    void parse(byte[] input) throws Exception;
  }

  public FuzzTarget {
    corpus = List.copyOf(corpus);
  }

  public static FuzzTarget of(String name, List<byte[]> corpus, Parser parser) {
    return new FuzzTarget(name, corpus, input -> input, ALLOCATION_MAX, parser);
  }

  /// A reader of texts, which refuses with an IllegalArgumentException.
  public static FuzzTarget text(String name, Consumer<String> reader, String... sound) {
    return of(
        name,
        Arrays.stream(sound).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(),
        input -> {
          try {
            reader.accept(new String(input, StandardCharsets.UTF_8));
          } catch (IllegalArgumentException _) {
            // Refused.
          }
        });
  }

  public FuzzTarget mending(Mend mend) {
    return new FuzzTarget(name, corpus, mend, allocationMax, parser);
  }

  public FuzzTarget allocating(long bytesMax) {
    return new FuzzTarget(name, corpus, mend, bytesMax, parser);
  }
}
