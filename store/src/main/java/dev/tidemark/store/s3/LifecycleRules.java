package dev.tidemark.store.s3;

import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleAndOperator;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.Transition;
import software.amazon.awssdk.services.s3.model.TransitionStorageClass;

/// Which of a bucket's life-cycle rules make holes in a log: those that expire objects, or move
/// them to where a plain read does not reach them.
final class LifecycleRules {
  private LifecycleRules() {}

  /// Whether a rule takes objects below `root` from those who read them. One for objects with tags
  /// takes none, since ours have no tags.
  static boolean harms(LifecycleRule rule, String root) {
    boolean enabled = rule.status() == ExpirationStatus.ENABLED;
    String prefix = prefix(rule);
    boolean reaches = root.startsWith(prefix) || prefix.startsWith(root);
    return enabled && reaches && !isForTagged(rule) && (expires(rule) || archives(rule));
  }

  private static boolean expires(LifecycleRule rule) {
    Optional<LifecycleExpiration> expiration = Optional.ofNullable(rule.expiration());
    return expiration.filter(it -> it.days() != null || it.date() != null).isPresent();
  }

  private static boolean archives(LifecycleRule rule) {
    return rule.transitions().stream()
        .map(Transition::storageClass)
        .anyMatch(to ->
            to == TransitionStorageClass.GLACIER || to == TransitionStorageClass.DEEP_ARCHIVE);
  }

  private static boolean isForTagged(LifecycleRule rule) {
    Optional<LifecycleRuleFilter> filter = Optional.ofNullable(rule.filter());
    return filter.map(LifecycleRuleFilter::tag).isPresent()
        || filter
            .map(LifecycleRuleFilter::and)
            .filter(LifecycleRuleAndOperator::hasTags)
            .isPresent();
  }

  // Old rules have it outside of the filter.
  @SuppressWarnings("deprecation")
  private static String prefix(LifecycleRule rule) {
    Optional<LifecycleRuleFilter> filter = Optional.ofNullable(rule.filter());
    return Stream.of(
            filter.map(LifecycleRuleFilter::prefix),
            filter.map(LifecycleRuleFilter::and).map(LifecycleRuleAndOperator::prefix),
            Optional.ofNullable(rule.prefix()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
  }

  /// Names a rule for a person.
  static String text(LifecycleRule rule) {
    return "'%s' (%s objects below '%s')"
        .formatted(
            Optional.ofNullable(rule.id()).orElse("without a name"),
            expires(rule) ? "expires" : "archives",
            prefix(rule));
  }
}
