package dev.tidemark.cli;

import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.cli.daemon.DaemonTargets;
import dev.tidemark.cli.maintain.Rate;
import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.ltx.LtxTargets;
import dev.tidemark.retention.KeepPolicy;
import dev.tidemark.retention.Levels;
import dev.tidemark.shipper.ShipperTargets;
import dev.tidemark.sqlite.SqliteTargets;
import dev.tidemark.store.StoreTargets;
import dev.tidemark.store.s3.S3Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The words of the command line, and the targets of all modules.
public final class CliTargets {
  private CliTargets() {}

  /// The golden bucket that the commands read.
  static Path golden(Path root) {
    return root.resolve("restore/src/test/resources/golden/v1/512").toAbsolutePath().normalize();
  }

  /// Of this module, but for the commands. `folder` is empty.
  static List<FuzzTarget> own(Path folder) throws IOException {
    List<FuzzTarget> targets = new ArrayList<>(words());
    targets.addAll(DaemonTargets.all(Files.createDirectory(folder.resolve("daemon"))));
    return targets;
  }

  /// Of all modules. `root` is the project's, `folder` is empty.
  public static List<FuzzTarget> all(Path root, Path folder) throws Exception {
    SqliteTargets.RealFiles real =
        SqliteTargets.RealFiles.write(Files.createDirectory(folder.resolve("real")));
    List<FuzzTarget> targets = new ArrayList<>(LtxTargets.all());
    targets.addAll(SqliteTargets.all(real));
    targets.addAll(StoreTargets.all());
    targets.addAll(S3Targets.all());
    targets.addAll(ShipperTargets.all(real));
    targets.addAll(own(folder));
    targets.add(
        FuzzedBucket.target(golden(root), Files.createDirectory(folder.resolve("commands"))));
    return targets;
  }

  private static List<FuzzTarget> words() {
    return List.of(
        FuzzTarget.text("word-duration", text -> Words.duration(text), "500ms", "1.5h", "1mo"),
        FuzzTarget.text("word-size", text -> Words.size(text), "4096", "500 MB", "1GiB"),
        FuzzTarget.text(
            "word-time",
            text -> Words.time(text),
            "2026-01-31T12:00:00Z",
            "2026-01-31 13:00:00.123456789+01:00"),
        FuzzTarget.text("word-txid", text -> Words.txid(text), "00000000000000ff", "ff"),
        FuzzTarget.text(
            "word-position", text -> Words.position(text), "00000000000000ff/ad2dffe333333333"),
        FuzzTarget.text("word-level", text -> Words.level(text), "captured", "stored"),
        FuzzTarget.text(
            "word-bound", text -> LogBound.parse(text), "00000000000000ff", "2026-01-31T12:00:00Z"),
        FuzzTarget.text("word-sync", text -> DaemonConfig.spoolSync(text), "each", "off", "1s"),
        FuzzTarget.text("word-levels", text -> Levels.parse(text), "30s,5m,1h"),
        FuzzTarget.text(
            "word-keep", text -> KeepPolicy.parse(text), "transactions=24h,weekly=12w", "all"),
        FuzzTarget.text("word-rate", text -> Rate.parse(text), "16MiB"),
        FuzzTarget.text(
            "word-prices", text -> Prices.parse(text), "s3", "storage=0.023,put=0.005,get=0.0004"),
        FuzzTarget.text("word-address", CliTargets::address, "127.0.0.1:9797", "[::1]:80", ":1"));
  }

  /// A host by name would be asked for.
  private static void address(String text) {
    if (text.chars().noneMatch(Character::isLetter)) {
      DaemonConfig.address(text);
    }
  }
}
