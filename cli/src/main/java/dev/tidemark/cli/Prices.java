package dev.tidemark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a store charges, in dollars: for a gigabyte (10^9 bytes) in a month, and for a thousand
/// requests that write or list, or read. Deletes are free where we know.
record Prices(String name, double storage, double put, double get) {
  private static final Map<String, Prices> KNOWN =
      Map.of(
          "s3", new Prices("s3", 0.023, 0.005, 0.0004),
          "r2", new Prices("r2", 0.015, 0.0045, 0.00036));

  /// A name, or `storage=0.023,put=0.005,get=0.0004`.
  static Prices parse(String text) {
    Prices known = KNOWN.get(text);
    if (known != null) {
      return known;
    }
    double storage = -1;
    double put = -1;
    double get = -1;
    for (String word : text.split(",", -1)) {
      List<String> parts = new ArrayList<>(List.of(word.split("=", -1)));
      if (parts.size() != 2) {
        throw refusal(text);
      }
      double price = price(text, parts.getLast());
      switch (parts.getFirst()) {
        case "storage" -> storage = price;
        case "put" -> put = price;
        case "get" -> get = price;
        default -> throw refusal(text);
      }
    }
    if (storage < 0 || put < 0 || get < 0) {
      throw refusal(text);
    }
    return new Prices("yours", storage, put, get);
  }

  private static double price(String text, String number) {
    try {
      double price = Double.parseDouble(number);
      if (price >= 0 && price <= 1e6) {
        return price;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw refusal(text);
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'%s' is no price list: s3, r2, or dollars for a GB-month and for 1000 requests, as in storage=0.023,put=0.005,get=0.0004"
            .formatted(text));
  }
}
