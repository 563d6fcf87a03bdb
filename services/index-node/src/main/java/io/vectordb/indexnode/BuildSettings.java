package io.vectordb.indexnode;

import java.time.Duration;

/**
 * When growing segments are sealed.
 *
 * @param sealRows so many rows are sealed
 * @param sealBytes or rows of this size, without vectors
 * @param sealAge or a growing segment of this age that has {@link #restingRows} at least, so that a restart is short
 * @param claim how long the right to build lasts unless it is extended
 */
record BuildSettings(int sealRows, long sealBytes, Duration sealAge, Duration claim) {

    /** Fewer rows are read from the feed in a moment. */
    int restingRows() {
        return Math.max(1, sealRows / 10);
    }
}
