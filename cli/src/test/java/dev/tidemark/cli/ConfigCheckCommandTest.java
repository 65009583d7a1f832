package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConfigCheckCommandTest {
  private static final String SOUND =
      """
      maintenance: inside
      maintenance-scratch: room
      databases:
        - path: app.db
          url: backup/app
          keep: hourly=7d
        - path: other.db
          url: s3://bucket/other
      """;

  @TempDir Path folder;

  @Test
  void saysThatAFileIsSoundAndWhatToThinkOf() throws Exception {
    Files.createDirectory(folder.resolve("room"));
    TidemarkProcess.Result text = check(SOUND);
    assertThat(text.out()).isEqualTo("tidemark.yml: ok, 2 databases\n");
    assertThat(text.err())
        .startsWith("tidemark: warning: tidemark.yml: ")
        .contains("app.db: 'keep' names no transactions in 'hourly=7d'")
        .hasLineCount(1);
    assertThat(text.status()).isZero();
    assertThat(check(SOUND, "--json").out())
        .startsWith("{\"file\":\"tidemark.yml\",\"databases\":2,\"warnings\":[\"")
        .hasLineCount(1);
    assertThat(folder.resolve("backup")).as("nothing is begun").doesNotExist();
  }

  @Test
  void endsAsTheDaemonWould() throws Exception {
    for (String wrong :
        new String[] {
          SOUND,
          "databses: []",
          SOUND.replace("room", "tidemark.yml"),
          "databases: [{path: a, url: 's4://b/c'}]"
        }) {
      TidemarkProcess.Result checked = check(wrong);
      TidemarkProcess.Result daemon =
          new TidemarkProcess(folder).run("replicate", "--config", "tidemark.yml");
      assertThat(checked.status()).as(wrong).isEqualTo(daemon.status()).isEqualTo(2);
      assertThat(checked.err().lines().toList().getLast())
          .isEqualTo(daemon.err().strip())
          .startsWith("tidemark: ");
      assertThat(checked.out()).isEmpty();
    }
    assertThat(new TidemarkProcess(folder).run("config", "check", "none").err())
        .contains("none: no such config file");
  }

  private TidemarkProcess.Result check(String yaml, String... more) throws Exception {
    Files.writeString(folder.resolve("tidemark.yml"), yaml);
    TidemarkProcess tidemark = new TidemarkProcess(folder);
    return more.length == 0
        ? tidemark.run("config", "check", "tidemark.yml")
        : tidemark.run("config", "check", "tidemark.yml", more[0]);
  }
}
