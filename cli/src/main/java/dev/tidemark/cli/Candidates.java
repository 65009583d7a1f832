package dev.tidemark.cli;

import dev.tidemark.cli.daemon.LogLine;
import dev.tidemark.shipper.DurabilityLevel;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// What completion scripts offer for a choice: the words that are accepted, which picocli would
/// take for the constants' names.
abstract class Candidates implements Iterable<String> {
  private final List<String> words;

  private Candidates(Class<? extends Enum<?>> type) {
    this.words = words(type);
  }

  static List<String> words(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  @Override
  public Iterator<String> iterator() {
    return words.iterator();
  }

  static final class Levels extends Candidates {
    Levels() {
      super(DurabilityLevel.class);
    }
  }

  static final class LogFormats extends Candidates {
    LogFormats() {
      super(LogLine.Format.class);
    }
  }

  static final class ProgressModes extends Candidates {
    ProgressModes() {
      super(Progress.Mode.class);
    }
  }

  static final class Shells extends Candidates {
    Shells() {
      super(CompletionCommand.Shell.class);
    }
  }
}
