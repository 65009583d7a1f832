package dev.tidemark.store.s3;

/// No credentials were found. Kept apart from the SDK's other client errors, which may pass by
/// themselves.
final class MissingCredentialsException extends RuntimeException {
  MissingCredentialsException(Throwable cause) {
    super("no credentials", cause);
  }
}
