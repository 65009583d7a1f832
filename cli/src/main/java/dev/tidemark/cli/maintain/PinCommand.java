package dev.tidemark.cli.maintain;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.Json;
import dev.tidemark.cli.JsonOption;
import dev.tidemark.cli.Output;
import dev.tidemark.cli.StopOnSignal;
import dev.tidemark.cli.StoreLocation;
import dev.tidemark.ltx.Position;
import dev.tidemark.retention.Pins;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PinRecords;
import dev.tidemark.store.RecordName;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pin`: positions that no policy drops.
@Command(
    name = "pin",
    description = {
      "Give a position a name, and keep it restorable whatever the policy says; or list what is"
          + " pinned, or let one go.",
      ""
    },
    footer = {
      "",
      "  tidemark pin s3://bucket/app --name before-migration       the head, as it is now",
      "  tidemark pin s3://bucket/app --name audit --at 00000000000000ff/8f3c52d6a1b09e47",
      "  tidemark pin s3://bucket/app                               what is pinned",
      "  tidemark pin s3://bucket/app --remove before-migration"
    })
public final class PinCommand implements Callable<Integer> {
  private static final int NOTE_MAX = 1_000;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "URL", description = "Where the log lies.")
  String url;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Pin a position under this name (a-z, 0-9, '.', '_', '-').")
  Optional<RecordName> name = Optional.empty();

  @Option(names = "--remove", paramLabel = "NAME", description = "Let this pin go.")
  Optional<RecordName> remove = Optional.empty();

  @Option(names = "--list", description = "List the pins, as without any option.")
  boolean list;

  @Option(
      names = "--at",
      paramLabel = "POSITION",
      description = "With --name: the position (default: the head).")
  Optional<Position> at = Optional.empty();

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "With --name: what it is good for.")
  String note = "";

  @Mixin JsonOption json;

  @Override
  public Integer call() throws Exception {
    refuse(
        Stream.of(name.isPresent(), remove.isPresent(), list).filter(given -> given).count() > 1,
        "give one of --name, --remove and --list");
    refuse(note.length() > NOTE_MAX, "--note has more than " + NOTE_MAX + " characters");
    refuse(name.isEmpty() && (at.isPresent() || !note.isEmpty()), "--at and --note need a --name");
    return StoreLocation.reading(
        url,
        () -> {
          try (ObjectStore store = StoreLocation.open(url);
              Output output = new Output();
              StopOnSignal _ = new StopOnSignal()) {
            Pins pins = new Pins(store, InstantSource.system());
            if (name.isPresent()) {
              show(set(pins, name.get()), output);
            } else if (remove.isPresent()) {
              remove(pins, remove.get());
            } else {
              list(pins.list(), output);
            }
            output.release();
          }
          return ExitCode.DONE.status();
        });
  }

  private void refuse(boolean isWrong, String why) {
    if (isWrong) {
      throw new ParameterException(spec.commandLine(), why);
    }
  }

  private PinRecord set(Pins pins, RecordName name) throws Exception {
    PinRecord pin = pins.set(name, at, note);
    if (at.isPresent() && !pin.position().equals(at.get())) {
      throw new CommandException(
          ExitCode.EXISTS,
          "%s: pin '%s' is at %s; remove it first, or take another name"
              .formatted(url, name, pin.position()));
    }
    return pin;
  }

  private void remove(Pins pins, RecordName name) throws Exception {
    if (!pins.remove(name)) {
      throw new CommandException(
          ExitCode.NOT_FOUND,
          "%s: no pin '%s'; 'tidemark pin %s' lists them".formatted(url, name, url));
    }
  }

  private void list(PinRecords pins, Output output) throws Exception {
    for (PinRecord pin : pins.readable()) {
      show(pin, output);
    }
    for (PinRecords.Unreadable pin : pins.unreadable()) {
      System.err.println("tidemark: warning: " + url + ": " + pin);
    }
  }

  private void show(PinRecord pin, Output output) throws Exception {
    output.line(
        json.enabled()
            ? new Json()
                .text("name", pin.name())
                .text("position", pin.position())
                .text("created", pin.created())
                .text("note", pin.note())
            : "%s  %s  %s%s"
                .formatted(
                    pin.position(),
                    pin.created(),
                    pin.name(),
                    pin.note().isEmpty() ? "" : "  " + pin.note()));
  }
}
