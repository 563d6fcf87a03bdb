package io.vectordb.segmentstore;

import io.vectordb.disks.DiskId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the scrubbing of one disk is.
 *
 * @param passes completed, over all starts of the process
 * @param passStart of the pass under way, else of the last one; absent before the first
 * @param position the file under way; absent between passes
 * @param positionBytes verified of it
 * @param verifiedFiles whole ones, since the process started
 * @param verifiedBytes since the process started
 * @param lostFiles found damaged since the process started
 */
public record ScrubStatistics(
        DiskId disk,
        long passes,
        @Nullable Instant passStart,
        @Nullable ContentHash position,
        long positionBytes,
        long verifiedFiles,
        long verifiedBytes,
        long lostFiles) {}
