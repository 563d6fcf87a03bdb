package io.vectordb.backup;

import java.time.Instant;

/**
 * A blob of a target.
 *
 * @param renewed when it was put or last renewed
 */
public record StoredBlob(BlobId id, long bytes, Instant renewed) {}
