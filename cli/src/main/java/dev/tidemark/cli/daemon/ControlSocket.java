package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Where the control socket of a database lies: in its state folder, or, where that path is longer
/// than a socket's may be, in the runtime folder, with `control.path` naming it.
public record ControlSocket(Path state) {
  private static final int PATH_BYTES_MAX = 107;
  private static final String SOCKET = "control.sock";
  private static final String POINTER = "control.path";

  public static ControlSocket of(Path database) throws IOException {
    Path real = real(database);
    Path folder = Optional.ofNullable(real.getParent()).orElse(real);
    return new ControlSocket(folder.resolve("." + real.getFileName() + "-tidemark"));
  }

  /// The databases of a folder for which a daemon has left a socket.
  public static List<Path> databasesIn(Path folder) throws IOException {
    List<Path> databases = new ArrayList<>();
    try (DirectoryStream<Path> states =
        Files.newDirectoryStream(folder.toAbsolutePath(), ".*-tidemark")) {
      for (Path state : states) {
        if (new ControlSocket(state).find().isPresent()) {
          String name = String.valueOf(state.getFileName());
          databases.add(folder.resolve(name.substring(1, name.length() - "-tidemark".length())));
        }
      }
    }
    Collections.sort(databases);
    return databases;
  }

  /// The file behind all symbolic links, also one that is not there yet.
  private static Path real(Path database) throws IOException {
    Path path = database.toAbsolutePath().normalize();
    if (Files.exists(path)) {
      return path.toRealPath();
    }
    if (Files.isSymbolicLink(path)) {
      return real(path.resolveSibling(Files.readSymbolicLink(path)));
    }
    Path folder = Optional.ofNullable(path.getParent()).orElse(path);
    return Files.exists(folder) ? folder.toRealPath().resolve(path.getFileName()) : path;
  }

  /// The path that a daemon listens at; takes away what an earlier one left.
  Path claim() throws IOException, CommandException {
    return claim(runtimeBase());
  }

  /// `base` is where the runtime folder lies, in case that it is needed.
  Path claim(Path base) throws IOException, CommandException {
    createFolder(state);
    Path socket = state.resolve(SOCKET);
    Path pointer = state.resolve(POINTER);
    Files.deleteIfExists(socket);
    Files.deleteIfExists(pointer);
    if (bytes(socket) <= PATH_BYTES_MAX) {
      return socket;
    }
    Path folder = base.resolve("tidemark-" + System.getProperty("user.name"));
    Path other = folder.resolve(digest() + ".sock");
    Files.writeString(pointer, other + "\n");
    try {
      createFolder(folder);
      // The file just written is ours, so its owner is who we are.
      requirePrivate(folder, Files.getOwner(pointer));
      Files.deleteIfExists(other);
      return other;
    } catch (IOException | CommandException e) {
      Files.deleteIfExists(pointer);
      throw e;
    }
  }

  /// In a folder for everybody, another user may have made ours first.
  private static void requirePrivate(Path folder, UserPrincipal us)
      throws IOException, CommandException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String wrong = "";
    if (!found.isDirectory()) {
      wrong = "is not a directory";
    } else if (!found.owner().equals(us)) {
      wrong = "belongs to " + found.owner() + ", not to " + us;
    } else if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      wrong = "can be written by others";
    }
    if (!wrong.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s %s, and the control socket has to lie there; remove it, or set XDG_RUNTIME_DIR"
              .formatted(folder, wrong));
    }
  }

  void release() throws IOException {
    Optional<Path> socket = find();
    if (socket.isPresent()) {
      Files.deleteIfExists(socket.get());
    }
    Files.deleteIfExists(state.resolve(POINTER));
    StateFolder.removeIfEmpty(state);
  }

  /// The path that a client connects to; empty if no daemon has left one.
  Optional<Path> find() throws IOException {
    Path pointer = state.resolve(POINTER);
    Path socket =
        Files.exists(pointer) ? Path.of(Files.readString(pointer).strip()) : state.resolve(SOCKET);
    return Files.exists(socket) ? Optional.of(socket) : Optional.empty();
  }

  private String digest() {
    CRC32C crc = new CRC32C();
    crc.update(state.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue())
        + HexFormat.of().toHexDigits(state.toString().hashCode());
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static Path runtimeBase() {
    return Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR"))
        .map(Path::of)
        .filter(Files::isDirectory)
        .orElse(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /// Leaves what is there already, whatever it is.
  private static void createFolder(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }
}
