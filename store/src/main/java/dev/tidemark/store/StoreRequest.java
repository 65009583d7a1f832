package dev.tidemark.store;

/// The kinds of requests that a store is asked. What a request is billed as is another matter: an
/// upload in parts counts as one put here, and a list of a page each as one.
public enum StoreRequest {
  PUT_IF_ABSENT,
  PUT,
  GET,
  HEAD,
  LIST,
  DELETE,
  /// One for up to a thousand objects.
  DELETE_MANY,
  /// What only some stores can tell, and the aborting of uploads.
  INSIGHT
}
