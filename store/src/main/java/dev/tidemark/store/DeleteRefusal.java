package dev.tidemark.store;

/// An object that the store keeps, although it was asked to remove it, and why: no right, or a lock
/// on it.
public record DeleteRefusal(String key, String reason) {}
