package dev.tidemark.shipper;

import java.util.regex.Pattern;

/// What the checker of the simulation says when something does not hold.
enum Caught {
  NOT_STORED("acknowledged is restorable", "acknowledged and not in the bucket"),
  NEVER_HERE("acknowledged was committed there", "acknowledged, and never was here"),
  DROPPED("what is spooled is stored in the end", "spooled, and never stored"),
  AHEAD("what is stored was durable before", "stored, and lost by its own machine"),
  GONE("acknowledged stays restorable", "acknowledged, and gone"),
  TOO_EARLY("acknowledged is all that was asked for", "commit \\d+ was asked for, \\d+ is stored"),
  HEAD_BACK("the head never moves back", "the head moved back"),
  PHANTOM("what is stored was committed", "never was a committed state"),
  CHANGED(
      "what is stored does not change", "changed after it was stored|a transaction has two ends"),
  BROKEN_LOG("the log is one chain, to the byte", "the log is broken"),
  FENCED(
      "no writer is fenced without another",
      "fenced without another writer|the last writer is refused"),
  HIJACK(
      "nobody continues over another's work", ". continues over transactions of another machine"),
  STUCK(
      "in the end everything is stored",
      "what is committed was not stored in the end|never came: . has stored"),
  ENDED("a daemon does not end by itself", "the daemon of . ended"),
  NOT_FENCED(
      "of two writers one is refused",
      "never came: .* is refused|Expecting actual: .*Stored\\[\\] .*Fenced"),
  READ_WRONG(
      "what is read is what was stored",
      ".* read .* (wrong|which never was on the chain)|restored .* for "),
  COVER("a cover holds what the log holds", "is wrong: |is of no use: "),
  UNPINNED("what is pinned stays", "pinned, and gone"),
  NOT_KEPT("what the policy keeps stays", "kept by the policy, and gone"),
  LAST_SEGMENT("the last segment stays", "the boundary passed the last segment"),
  REPLICA_LEFT("the boundary waits for replicas", ".*the boundary passed a replica"),
  FALSE_ALARM("no damage is seen where there is none", ".* sees damage where there is none"),
  NOT_RESTORED(
      "what is promised can be restored",
      ".*, which is promised, cannot be restored|the latest is .* was there before|a follower comes"
          + " to|expected: [0-9a-f]{16}/");

  private final String rule;
  private final Pattern message;

  Caught(String rule, String message) {
    this.rule = rule;
    this.message =
        Pattern.compile(
            "(?:seed \\d+: |after \\d+ and \\d+: )?(?:in [a-z]+ ?[\\d.]*: )?(?:" + message + ").*");
  }

  /// In words for the table.
  String rule() {
    return rule;
  }

  /// Whether this is what a failed run says first.
  boolean isSaidBy(String said) {
    return message.matcher(said).matches();
  }
}
