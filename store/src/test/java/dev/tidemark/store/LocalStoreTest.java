package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.testing.BrokenBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest {
  private static final Body BODY = Body.of(new byte[] {1, 2, 3});

  @TempDir Path dir;
  private Path root = Path.of("");
  private ObjectStore store = new dev.tidemark.store.testing.MemoryStore();

  @BeforeEach
  void open() {
    root = dir.resolve("deep/root");
    store = Stores.open(new StoreUrl.Local(root), true);
  }

  private void create() throws Exception {
    assertThat(store.putIfAbsent(DatabaseRecord.KEY, BODY)).isEqualTo(PutOutcome.STORED);
  }

  private static void assertRefused(ThrowingCallable call, String hint) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
        .hasMessageContaining(hint)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void openingCreatesNothing() {
    store.close();
    assertThat(root).doesNotExist();
  }

  @Test
  void rootIsMadeWithTheDatabaseRecordOnly() throws Exception {
    assertRefused(() -> store.putIfAbsent("log/a", BODY), "does not exist");
    assertRefused(() -> store.put("pins/a.json", BODY), "does not exist");
    assertThat(root).doesNotExist();
    create();
    assertThat(files(root)).containsExactly("database.json");
    assertThat(root.resolve(".tmp")).isDirectory().isEmptyDirectory();
  }

  @Test
  void rootIsNotMadeWithoutPermission() {
    ObjectStore reader = Stores.open(new StoreUrl.Local(root), false);
    assertRefused(() -> reader.putIfAbsent(DatabaseRecord.KEY, BODY), "does not exist");
    assertThat(root).doesNotExist();
  }

  @Test
  void whatCannotBeDeletedIsAnsweredAndTheOthersGo() throws Exception {
    create();
    store.put("log/a", BODY);
    store.put("log/b", BODY);
    List<DeleteRefusal> refused = store.deleteAll(List.of("log/a/below", "log/b"));
    assertThat(refused).extracting(DeleteRefusal::key).containsExactly("log/a/below");
    assertThat(refused.getFirst().reason()).contains("a file lies where a folder should be");
    assertThat(store.head("log/a")).isPresent();
    assertThat(store.head("log/b")).isEmpty();
    Files.move(root, dir.resolve("away"));
    assertRefused(() -> store.deleteAll(List.of("log/a")), "does not exist");
  }

  @Test
  void missingRootIsRefusedForEveryCall() {
    ObjectStore reader = Stores.open(new StoreUrl.Local(root), false);
    assertRefused(() -> reader.get("log/a"), "does not exist");
    assertRefused(() -> reader.get("log/a", new ByteRange.Last(1)), "does not exist");
    assertRefused(() -> reader.head("log/a"), "does not exist");
    assertRefused(() -> reader.list("log/", ""), "does not exist");
    assertRefused(() -> reader.delete("log/a"), "does not exist");
  }

  @Test
  void rootThatMayBeMadeHoldsNothingUntilItIsSeen() throws Exception {
    assertThat(store.get("log/a")).isEmpty();
    assertThat(store.list("log/", "").objects()).isEmpty();
    assertThat(root).doesNotExist();
    create();
    Files.move(root, dir.resolve("away"));
    assertRefused(() -> store.get("log/a"), "does not exist");
    assertRefused(() -> store.list("log/", ""), "does not exist");
  }

  @Test
  void rootThatVanishesIsNeverMadeAnew() throws Exception {
    create();
    store.putIfAbsent("log/a", BODY);
    Files.move(root, dir.resolve("away"));
    assertRefused(() -> store.putIfAbsent("log/b", BODY), "does not exist");
    assertThat(root).doesNotExist();
    Files.createDirectory(root);
    assertRefused(() -> store.putIfAbsent("log/b", BODY), "mounted");
    assertRefused(() -> store.put("log/b", BODY), "mounted");
    assertThat(root).isEmptyDirectory();
    Files.delete(root);
    Files.move(dir.resolve("away"), root);
    assertThat(store.putIfAbsent("log/b", BODY)).isEqualTo(PutOutcome.STORED);
  }

  @Test
  void existingEmptyRootIsTakenIntoUseByTheDatabaseRecord() throws Exception {
    Files.createDirectories(root);
    create();
    assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.STORED);
  }

  @Test
  void copyWithoutScratchFolderIsStillTheLog() throws Exception {
    create();
    Files.delete(root.resolve(".tmp"));
    ObjectStore copy = Stores.open(new StoreUrl.Local(root), false);
    assertThat(copy.head(DatabaseRecord.KEY)).hasValue(3);
    assertThat(copy.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.STORED);
  }

  @Test
  void folderRemovedMeanwhileIsMadeAgain() throws Exception {
    create();
    store.putIfAbsent("merged/1/a", BODY);
    Files.delete(root.resolve("merged/1/a"));
    Files.delete(root.resolve("merged/1"));
    Files.delete(root.resolve("merged"));
    assertThat(store.putIfAbsent("merged/1/a", BODY)).isEqualTo(PutOutcome.STORED);
  }

  @Test
  void scratchIsNeverListedAndNothingStaysInIt() throws Exception {
    create();
    Files.write(root.resolve(".tmp/0123-1"), new byte[10]);
    store.putIfAbsent("log/a", BODY);
    store.putIfAbsent("log/a", BODY);
    store.put("log/a", BODY);
    assertThatThrownBy(() -> store.put("log/c", BrokenBodies.failingAfter(10, 20)))
        .isInstanceOf(StoreException.class);
    assertThat(files(root.resolve(".tmp"))).containsExactly("0123-1");
    assertThat(store.list("", "").objects())
        .extracting(Listed::key)
        .containsExactly("database.json", "log/a");
    assertThat(store.list(".tmp/", "").objects()).isEmpty();
    assertThat(store.list("../", "").objects()).isEmpty();
  }

  @Test
  void scratchOfADeadProcessIsSweptADayLater() throws Exception {
    create();
    Path old = Files.write(root.resolve(".tmp/dead-1"), new byte[10]);
    Path young = Files.write(root.resolve(".tmp/alive-1"), new byte[10]);
    FileTime now = Files.getLastModifiedTime(young);
    Files.setLastModifiedTime(old, FileTime.from(now.toInstant().minusSeconds(90_000)));
    Stores.open(new StoreUrl.Local(root), false).putIfAbsent("log/a", BODY);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void fileInTheWayOfAFolderIsRefused() throws Exception {
    create();
    Files.write(root.resolve("log"), new byte[1]);
    assertRefused(() -> store.putIfAbsent("log/a", BODY), "is a file where a folder should be");
    assertRefused(() -> store.get("log/a"), "is a file where a folder should be");
    assertRefused(() -> store.head("log/a"), "is a file where a folder should be");
    assertRefused(() -> store.list("log/", ""), "is a file where a folder should be");
  }

  @Test
  void folderInTheWayOfAnObjectIsRefused() throws Exception {
    create();
    Files.createDirectories(root.resolve("log/a/b"));
    assertRefused(() -> store.putIfAbsent("log/a", BODY), "is a folder where an object should be");
    assertRefused(() -> store.put("log/a", BODY), "is a folder where an object should be");
    assertThat(store.get("log/a")).isEmpty();
    assertThat(store.head("log/a")).isEmpty();
    store.delete("log/a");
    assertThat(root.resolve("log/a/b")).exists();
  }

  @Test
  void rootThatIsAFileIsRefused() throws Exception {
    Files.createDirectories(dir.resolve("deep"));
    Files.write(root, new byte[1]);
    assertRefused(() -> store.list("", ""), "is not a directory");
    assertRefused(
        () -> store.putIfAbsent(DatabaseRecord.KEY, BODY), "a file lies where a folder should be");
  }

  @Test
  void missingPermissionIsRefused() throws Exception {
    create();
    store.putIfAbsent("log/a", BODY);
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root may read everything");
    Files.setPosixFilePermissions(
        root.resolve("log/a"), PosixFilePermissions.fromString("---------"));
    assertRefused(() -> store.get("log/a"), "permission denied");
    Files.setPosixFilePermissions(
        root.resolve("log"), PosixFilePermissions.fromString("r-xr-xr-x"));
    assertRefused(() -> store.putIfAbsent("log/b", BODY), "permission denied");
    Files.setPosixFilePermissions(
        root.resolve("log"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void operatingSystemsRefusalsAreToldApart() throws Exception {
    assertThat(
            LocalErrors.translate(
                "storing log/a", dir, new java.nio.file.AccessDeniedException("/x")))
        .hasMessageContaining("permission denied: '/x'")
        .extracting(StoreException::kind)
        .isEqualTo(Kind.REFUSED);
    assertThat(translated("No space left on device"))
        .hasMessageContaining("is full")
        .extracting(StoreException::kind)
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(translated("Read-only file system").kind()).isEqualTo(Kind.REFUSED);
    assertThat(translated("Operation not permitted")).hasMessageContaining("hard links");
    assertThat(translated("Input/output error").kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  private StoreException translated(String reason) throws InterruptedException {
    return LocalErrors.translate(
        "storing log/a", dir, new java.nio.file.FileSystemException("/x", "", reason));
  }

  @Test
  void interruptionPassesThroughAndLeavesNothing() throws Exception {
    create();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> store.putIfAbsent("log/a", BODY))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(files(root)).containsExactly("database.json");
  }

  @Test
  void replacedObjectIsReadWholeWhileItIsReplaced() throws Exception {
    create();
    store.put("replicas/r.json", Body.of(new byte[100]));
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 200; i++) {
                try {
                  store.put("replicas/r.json", Body.of(new byte[i % 2 == 0 ? 10 : 100]));
                } catch (StoreException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    while (writer.isAlive()) {
      try (StoredObject object = store.get("replicas/r.json").orElseThrow()) {
        assertThat(object.content().readAllBytes()).hasSize((int) object.size());
      }
    }
    writer.join();
  }

  @Test
  void exactlyOneOfSeveralProcessesWinsEachKey() throws Exception {
    create();
    int keys = 40;
    List<Process> processes = List.of(race(keys, 0), race(keys, 1));
    for (Process process : processes) {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
    }
    for (Process process : processes) {
      process.getOutputStream().write('!');
      process.getOutputStream().flush();
    }
    List<List<String>> won = new ArrayList<>();
    for (Process process : processes) {
      won.add(process.inputReader().readAllLines());
      assertThat(process.waitFor()).as("%s", won).isZero();
    }
    for (int key = 0; key < keys; key++) {
      String name = "log/" + key;
      try (StoredObject object = store.get(name).orElseThrow()) {
        int owner = object.content().read();
        assertThat(won.get(owner)).contains(name);
        assertThat(won.get(1 - owner)).doesNotContain(name);
      }
    }
  }

  private Process race(int keys, int number) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classes,
            PutRace.class.getName(),
            root.toString(),
            "" + keys,
            "" + number)
        .redirectErrorStream(true)
        .start();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
