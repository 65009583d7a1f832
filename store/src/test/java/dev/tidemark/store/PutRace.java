package dev.tidemark.store;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;

/// A process that races another one for keys: root, number of keys, its own number. Says "ready",
/// waits for a byte, and prints each key that it won.
final class PutRace {
  private PutRace() {}

  public static void main(String[] args) throws Exception {
    ObjectStore store = Stores.open(new StoreUrl.Local(Path.of(args[0])), false);
    byte[] mine = new byte[2_000];
    Arrays.fill(mine, Byte.parseByte(args[2]));
    try (PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true)) {
      store.putIfAbsent("warm/" + args[2], Body.of(mine));
      out.println("ready");
      System.in.read();
      for (int key = 0; key < Integer.parseInt(args[1]); key++) {
        if (store.putIfAbsent("log/" + key, Body.of(mine)) == PutOutcome.STORED) {
          out.println("log/" + key);
        }
      }
    }
  }
}
