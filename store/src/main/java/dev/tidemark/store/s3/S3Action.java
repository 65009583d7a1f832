package dev.tidemark.store.s3;

/// What is asked of a bucket, and the right that it takes.
enum S3Action {
  STORE("storing", "s3:PutObject"),
  READ(
      "reading",
      "s3:GetObject, and s3:ListBucket, without which a missing object is answered 403 as well"),
  LIST("listing", "s3:ListBucket"),
  DELETE("deleting", "s3:DeleteObject"),
  UPLOADS("listing unfinished uploads below", "s3:ListBucketMultipartUploads"),
  ABORT("aborting the upload of", "s3:AbortMultipartUpload");

  private final String verb;
  private final String right;

  S3Action(String verb, String right) {
    this.verb = verb;
    this.right = right;
  }

  /// Done to a key.
  record On(S3Action action, String key) {
    @Override
    public String toString() {
      return action.verb + " " + key;
    }
  }

  On of(String key) {
    return new On(this, key);
  }

  String right() {
    return right;
  }
}
