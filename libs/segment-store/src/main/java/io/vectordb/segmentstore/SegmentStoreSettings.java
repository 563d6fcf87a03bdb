package io.vectordb.segmentstore;

import java.time.Clock;
import java.time.Duration;

/**
 * How a store behaves.
 *
 * @param grace how long a file stays that no live segment refers to; longer than an upload and its publishing take
 * @param uploadTimeout after so long without a byte an upload is given up
 * @param maxUploads at once
 * @param clock of the ages of files; a step back makes files look younger, never older
 */
public record SegmentStoreSettings(Duration grace, Duration uploadTimeout, int maxUploads, Clock clock) {

    /** An hour of grace, ten minutes for an upload that hangs, 64 uploads. */
    public static final SegmentStoreSettings DEFAULT =
            new SegmentStoreSettings(Duration.ofHours(1), Duration.ofMinutes(10), 64, Clock.systemUTC());

    public SegmentStoreSettings {
        if (grace.isNegative() || !uploadTimeout.isPositive() || maxUploads < 1) {
            throw new IllegalArgumentException("expected grace of 0 and more, an upload timeout above 0 and 1 upload or"
                    + " more, received " + grace + ", " + uploadTimeout + ", " + maxUploads);
        }
    }
}
