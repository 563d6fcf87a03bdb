package io.vectordb.segmentstore;

/**
 * A store at one moment.
 *
 * @param mappedFiles mapped now
 * @param readers holds that are open now
 * @param uploads under way
 * @param lostFiles since the store was opened, damaged or gone with their disk
 */
public record StoreStatistics(
        int files, long bytes, int mappedFiles, long mappedBytes, int readers, int uploads, long lostFiles) {}
