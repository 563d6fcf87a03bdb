package io.vectordb.indexnode;

import io.vectordb.segment.VectorFieldSpec;
import java.time.Duration;
import java.util.List;

/**
 * When growing segments are sealed.
 *
 * @param sealRows so many rows are sealed
 * @param sealBytes or rows of this size, without vectors
 * @param sealAge or a growing segment of this age that has {@link #restingRows} at least, so that a restart is short
 * @param mergeBytes how much memory the vectors, codes and links of a merged segment may take while it is built
 * @param claim how long the right to build lasts unless it is extended
 */
record BuildSettings(int sealRows, long sealBytes, Duration sealAge, long mergeBytes, Duration claim) {

    /** About what codes and links take for a vector, beside its components. */
    private static final int BESIDE_BYTES = 400;

    /** How many rows with these fields a merged segment may get. */
    long mergeRows(List<VectorFieldSpec> fields) {
        long bytes = fields.stream()
                .mapToLong(field -> (long) field.dimension() * (Float.BYTES + 1) + BESIDE_BYTES)
                .sum();
        return bytes == 0 ? Long.MAX_VALUE : mergeBytes / bytes;
    }

    /** Fewer rows are read from the feed in a moment. */
    int restingRows() {
        return Math.max(1, sealRows / 10);
    }
}
