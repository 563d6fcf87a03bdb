package io.vectordb.segmentstore;

import io.vectordb.disks.DiskId;
import java.time.Instant;

/**
 * A file that the store serves.
 *
 * @param lastPut when it was put, or was found present by a put
 * @param readers handles that are open on it
 */
public record FileInfo(ContentHash hash, long sizeBytes, DiskId disk, Instant lastPut, int readers) {}
