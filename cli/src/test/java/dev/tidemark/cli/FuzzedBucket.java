package dev.tidemark.cli;

import dev.tidemark.fuzz.Attack;
import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.ltx.OpenObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The commands that read a bucket, on a golden one of which one file is another. An input is the
/// number of the file, a byte that says whether what follows is an object taken apart, and the
/// content.
final class FuzzedBucket {
  private static final int HEAD = 2;
  private static final long ALLOCATION_MAX = 256 << 20;
  private static final String HEAD_TXID = "0000000000000010";
  private static final String EARLIER_TXID = "0000000000000008";

  private final Path bucket;
  private final Path out;
  private final List<Path> files;
  private final Map<String, String> digests;

  private FuzzedBucket(Path golden, Path folder) throws IOException {
    bucket = folder.resolve("bucket");
    out = folder.resolve("restored.db");
    files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(golden)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        Path copy = bucket.resolve(golden.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        files.add(Files.copy(file, copy));
      }
    }
    digests =
        Files.readAllLines(Path.of(golden + ".manifest")).stream()
            .map(line -> line.split(" ", -1))
            .collect(Collectors.toMap(words -> words[0].substring(0, 16), words -> words[1]));
  }

  /// `folder` is empty.
  static FuzzTarget target(Path golden, Path folder) throws IOException {
    FuzzedBucket fuzzed = new FuzzedBucket(golden, folder);
    return FuzzTarget.of("commands", fuzzed.corpus(), fuzzed::parse).allocating(ALLOCATION_MAX);
  }

  /// Golden bucket, empty folder, seed and number of mutations. A process of its own, since the
  /// commands print.
  public static void main(String[] arguments) throws IOException {
    FuzzTarget target = target(Path.of(arguments[0]), Path.of(arguments[1]));
    new Attack(target).run(Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
  }

  private List<byte[]> corpus() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      byte[] content = Files.readAllBytes(files.get(i));
      corpus.add(input(i, false, content));
      if (files.get(i).toString().endsWith(".zst")) {
        corpus.add(input(i, true, OpenObject.open(content)));
      }
    }
    return corpus;
  }

  private static byte[] input(int file, boolean opened, byte[] content) {
    byte[] input = new byte[HEAD + content.length];
    input[0] = (byte) file;
    input[1] = (byte) (opened ? 1 : 0);
    System.arraycopy(content, 0, input, HEAD, content.length);
    return input;
  }

  private void parse(byte[] input) throws IOException {
    if (input.length < HEAD) {
      return;
    }
    Path file = files.get((input[0] & 0xff) % files.size());
    byte[] content = Arrays.copyOfRange(input, HEAD, input.length);
    byte[] sound = Files.readAllBytes(file);
    Files.write(file, (input[1] & 1) == 0 ? content : OpenObject.close(content));
    try {
      check(file);
    } finally {
      Files.write(file, sound);
    }
  }

  private void check(Path file) throws IOException {
    run("ltx", "verify", file.toString());
    run("ltx", "dump", file.toString());
    run("verify", bucket.toString());
    run("log", bucket.toString(), "--json");
    run("status", bucket.toString());
    restore(HEAD_TXID);
    restore(EARLIER_TXID, "--txid", EARLIER_TXID);
  }

  /// What is restored is what was there.
  private void restore(String txid, String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("restore", bucket.toString(), out.toString()));
    line.addAll(List.of("--force", "--json"));
    line.addAll(List.of(options));
    int status = run(line.toArray(String[]::new));
    if (status == 0 && !sha256(Files.readAllBytes(out)).equals(digests.get(txid))) {
      throw new AssertionError(line + " restores other bytes");
    }
  }

  /// What a command prints goes to the process's own output.
  private static int run(String... arguments) {
    PrintStream standardErr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status;
    try {
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      status = Main.run(arguments);
    } finally {
      System.setErr(standardErr);
    }
    String said = err.toString(StandardCharsets.UTF_8);
    boolean documented = status == 0 || status == 3 || status == 4;
    long lines = said.lines().count();
    if (!documented || lines != (status == 0 ? 0 : 1) || said.contains("unexpected failure")) {
      throw new AssertionError(
          "%s ends with %d and says %s".formatted(List.of(arguments), status, said));
    }
    return status;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
