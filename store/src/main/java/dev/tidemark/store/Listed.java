package dev.tidemark.store;

/// A key and the size of its object in bytes.
public record Listed(String key, long size) {}
