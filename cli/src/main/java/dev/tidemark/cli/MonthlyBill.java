package dev.tidemark.cli;

import dev.tidemark.store.Chain;
import dev.tidemark.store.Listed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What a log costs in a month of 30 days if it goes on as in the last 24 hours: an estimate from a
/// listing alone. Traffic out of the store is not in it, nor are replicas.
record MonthlyBill(Prices prices, List<Item> items) {
  private static final int DAYS = 30;
  private static final double GIGABYTE = 1e9;
  private static final double REQUESTS = 1000;

  /// A part of the bill, and which setting drives it.
  record Item(String what, double dollars, String detail, String setting) {}

  static MonthlyBill of(Chain chain, long bytes, Prices prices, Instant now) {
    Instant since = now.minus(Duration.ofDays(1));
    long segments = stored(chain.slots(), since) + stored(chain.below(), since);
    long covers = stored(chain.covers(), since);
    List<Item> items = new ArrayList<>();
    items.add(
        new Item(
            "storage",
            bytes / GIGABYTE * prices.storage(),
            "%d bytes".formatted(bytes),
            "--keep of 'maintain'"));
    items.add(
        new Item(
            "uploads",
            segments * DAYS * (prices.put() + prices.get()) / REQUESTS,
            "%d segments a day, each a put and a look at the boundary".formatted(segments),
            "--sync-interval of 'replicate'"));
    // Each segment and each merged file is read once as an input, each merged file twice more.
    items.add(
        new Item(
            "maintenance",
            DAYS * (covers * prices.put() + (segments + 3 * covers) * prices.get()) / REQUESTS,
            "%d merged files and snapshots a day".formatted(covers),
            "--levels and --snapshot-every of 'maintain'"));
    return new MonthlyBill(prices, items);
  }

  private static long stored(List<Chain.Item> items, Instant since) {
    return items.stream()
        .map(Chain.Item::storedAt)
        .filter(at -> at.isAfter(since) && !at.equals(Listed.UNKNOWN))
        .count();
  }

  private double total() {
    return items.stream().mapToDouble(Item::dollars).sum();
  }

  private Item largest() {
    return items.stream().max(Comparator.comparingDouble(Item::dollars)).orElseThrow();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "month      $%s at the prices of '%s', most of it for %s: see %s"
            .formatted(money(total()), prices.name(), largest().what(), largest().setting()));
    for (Item item : items) {
      lines.add(
          "           $%s %s: %s".formatted(money(item.dollars()), item.what(), item.detail()));
    }
    return lines;
  }

  Json json() {
    return new Json()
        .text("prices", prices.name())
        .text("dollars_a_month", money(total()))
        .text("driven_by", largest().setting())
        .list(
            "items",
            items.stream()
                .map(item ->
                    new Json()
                        .text("what", item.what())
                        .text("dollars_a_month", money(item.dollars()))
                        .text("detail", item.detail())
                        .text("setting", item.setting()))
                .toList());
  }

  private static String money(double dollars) {
    return String.format(Locale.ROOT, "%.4f", dollars);
  }
}
