package dev.tidemark.cli;

import dev.tidemark.store.s3.S3TestServer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The S3 server of the tests as a process of its own, for trying things out: `ci/s3`.
final class S3Server {
  private S3Server() {}

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.WARNING);
    try (S3TestServer server = S3TestServer.start(Integer.parseInt(arguments[0]))) {
      server.createBucket("backups");
      System.out.printf(
          """
          export TIDEMARK_S3_ENDPOINT=%s AWS_REGION=us-east-1
          export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s
          # s3://backups/app can be used until Ctrl-C; everything is in memory
          """,
          server.endpoint(), server.accessKey(), server.secretKey());
      // Maven, when it is stopped by a signal, leaves its children alone.
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }
}
