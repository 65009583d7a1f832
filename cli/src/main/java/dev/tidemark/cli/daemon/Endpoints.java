package dev.tidemark.cli.daemon;

/// Answers requests, however they came in. Called by many threads.
interface Endpoints {
  Response answer(Request request) throws InterruptedException;
}
