package io.vectordb.segmentstore;

/**
 * What one collection of garbage did.
 *
 * @param deletedFiles not live, old enough and read by nobody
 * @param youngFiles not live, within their grace time
 * @param busyFiles not live, read by somebody
 * @param stuckFiles not live, on a disk that cannot be written
 */
public record CollectReport(int deletedFiles, long deletedBytes, int youngFiles, int busyFiles, int stuckFiles) {}
