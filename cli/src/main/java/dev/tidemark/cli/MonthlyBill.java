package dev.tidemark.cli;

import dev.tidemark.retention.Durations;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What a log costs in a month of 30 days if it goes on as in the last day: an estimate from a
/// listing and some index frames. Traffic out of the store is not in it, nor are replicas.
record MonthlyBill(
    Prices prices, Growth growth, MaintenanceRequests maintenance, List<Item> items) {
  private static final int DAYS = 30;
  private static final double GIGABYTE = 1e9;
  private static final double REQUESTS = 1000;
  private static final Duration CRON = Duration.ofDays(1);

  /// What is assumed.
  ///
  /// @param interval from one run of maintenance to the next, while there are commits
  record Terms(Prices prices, Duration interval) {}

  /// A part of the bill, and which setting drives it.
  record Item(String what, double dollars, String detail, String setting) {}

  /// `bytes` of all objects; `pins` that each run of maintenance reads.
  static MonthlyBill of(Chain chain, long bytes, int pins, Growth growth, Terms terms) {
    Prices prices = terms.prices();
    MaintenanceRequests runs = MaintenanceRequests.of(chain, pins, growth, terms.interval());
    MaintenanceRequests daily = MaintenanceRequests.of(chain, pins, growth, CRON);
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
            growth.segments() * DAYS * (prices.put() + prices.get()) / REQUESTS,
            "%d segments a day, each a put and a look at the boundary"
                .formatted(Math.round(growth.segments())),
            "--sync-interval of 'replicate'"));
    items.add(
        new Item(
            "maintenance",
            dollars(runs, prices),
            detail(runs, terms.interval(), dollars(daily, prices)),
            "maintenance-interval, or how often cron calls 'maintain'"));
    return new MonthlyBill(prices, growth, runs, items);
  }

  private static double dollars(MaintenanceRequests maintenance, Prices prices) {
    double inADay =
        (maintenance.puts() + maintenance.lists()) * prices.put()
            + maintenance.gets() * prices.get();
    return DAYS * inADay / REQUESTS;
  }

  private static String detail(MaintenanceRequests runs, Duration interval, double daily) {
    String assumed =
        "%s a day, assuming one each %s while there are commits: %d lists, %d reads, %d puts"
            .formatted(
                Counted.of(Math.round(runs.runs()), "run"),
                Durations.print(interval),
                Math.round(runs.lists()),
                Math.round(runs.gets()),
                Math.round(runs.puts()));
    return interval.compareTo(CRON) >= 0
        ? assumed
        : assumed + "; $%s if cron calls 'maintain' once a day".formatted(money(daily));
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
    lines.add(
        "           estimated from %s: %d transactions in %d segments"
            .formatted(
                growth.basis(), Math.round(growth.transactions()), Math.round(growth.segments())));
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
        .text("estimated_from", growth.basis())
        .number("estimated_from_seconds", growth.span().toSeconds())
        .number("transactions_a_day", Math.round(growth.transactions()))
        .number("segments_a_day", Math.round(growth.segments()))
        .number("maintenance_runs_a_day", Math.round(maintenance.runs()))
        .number("maintenance_puts_a_day", Math.round(maintenance.puts()))
        .number("maintenance_lists_a_day", Math.round(maintenance.lists()))
        .number("maintenance_gets_a_day", Math.round(maintenance.gets()))
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
