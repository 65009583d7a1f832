package dev.tidemark.cli;

import dev.tidemark.store.Plan;
import dev.tidemark.store.ReadListener;

/// Shows how many bytes have been read. Told by one thread.
public final class ReadProgress implements ReadListener {
  private final Progress progress;
  private final String verb;
  private long total;
  private long done;

  public ReadProgress(Progress progress, String verb) {
    this.progress = progress;
    this.verb = verb;
  }

  @Override
  public void planned(Plan plan) {
    total = plan.bytes();
    done = 0;
  }

  @Override
  public void bytes(long count) {
    done += count;
    progress.at(verb, done, total == 0 ? 0 : Math.max(total, done), "bytes");
  }
}
