package dev.tidemark.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Writes a completion script for fish from the command model.
final class FishCompletion {
  private FishCompletion() {}

  static String script(CommandLine root) {
    StringBuilder out = new StringBuilder("# fish completion for tidemark\n");
    command(out, root, "__fish_use_subcommand");
    root.getSubcommands().forEach((name, sub) -> subcommand(out, name, sub));
    return out.toString();
  }

  private static void subcommand(StringBuilder out, String name, CommandLine sub) {
    String seen = "__fish_seen_subcommand_from " + name;
    command(out, sub, seen);
    sub.getSubcommands()
        .forEach((inner, command) ->
            options(out, command, seen + "; and __fish_seen_subcommand_from " + inner));
  }

  private static void command(StringBuilder out, CommandLine command, String condition) {
    command
        .getSubcommands()
        .forEach((name, sub) ->
            out.append("complete -c tidemark -f -n ")
                .append(quote(condition))
                .append(" -a ")
                .append(name)
                .append(" -d ")
                .append(quote(first(sub.getCommandSpec().usageMessage().description())))
                .append('\n'));
    options(out, command, condition);
  }

  private static void options(StringBuilder out, CommandLine command, String condition) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.hidden()) {
        continue;
      }
      out.append("complete -c tidemark -n ").append(quote(condition));
      for (String name : option.names()) {
        String word = name.startsWith("--") ? " -l " : name.length() == 2 ? " -s " : " -o ";
        out.append(word).append(name.replaceFirst("^--?", ""));
      }
      Optional.ofNullable(option.completionCandidates())
          .map(words -> String.join(" ", words))
          .filter(words -> !words.isEmpty())
          .ifPresent(words -> out.append(" -f -a ").append(quote(words)));
      out.append(option.arity().max() > 0 ? " -r" : "")
          .append(" -d ")
          .append(quote(first(option.description())))
          .append('\n');
    }
  }

  private static String first(String[] description) {
    return description.length == 0 ? "" : description[0];
  }

  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
