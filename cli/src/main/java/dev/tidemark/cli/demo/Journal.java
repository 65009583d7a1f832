package dev.tidemark.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// The writer's own record: for each commit, what the database looked like.
final class Journal {
  private final Path file;

  Journal(Path file) {
    this.file = file;
  }

  /// Commit number by SHA-256 of the database. A line that was being written when the writer died
  /// does not count.
  Map<String, Integer> commits() throws IOException {
    Map<String, Integer> commits = new HashMap<>();
    try {
      String text = Files.readString(file);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        int space = line.indexOf(' ');
        commits.put(line.substring(space + 1), Integer.parseInt(line.substring(0, space)));
      }
    } catch (NoSuchFileException _) {
      return Map.of();
    }
    return commits;
  }

  /// Which commit a database file is, byte for byte.
  Optional<Integer> commitOf(Path database) throws IOException {
    return Optional.ofNullable(commits().get(digest(database)));
  }

  static String digest(Path database) throws IOException {
    try (InputStream in =
        new DigestInputStream(
            Files.newInputStream(database), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
