package io.vectordb.segmentstore;

/**
 * A file that the store had and cannot serve any more.
 *
 * @param sizeBytes as it was put
 * @param reason what was found, with values
 * @param disk folder of the disk
 * @param quarantined whether the damaged file is kept in quarantine; false when its disk is gone
 */
public record LostFile(ContentHash hash, long sizeBytes, String disk, String reason, boolean quarantined) {}
