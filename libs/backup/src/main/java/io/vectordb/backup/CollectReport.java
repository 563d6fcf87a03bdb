package io.vectordb.backup;

/**
 * What a collection removed.
 *
 * @param kept blobs that no manifest names, but that are too young to tell whether one will
 */
public record CollectReport(long removed, long removedBytes, long kept) {}
