package io.vectordb.segmentstore;

import java.time.Clock;
import java.time.Duration;

/**
 * How fast and how often a {@link Scrubber} reads.
 *
 * @param bytesPerSecond over all disks together
 * @param passInterval from the start of a pass over a disk to the start of the next; a pass that takes longer is followed
 *     by the next at once
 */
public record ScrubSettings(long bytesPerSecond, Duration passInterval, Clock clock) {

    /** 20 MB/s, each disk once a week. */
    public static final ScrubSettings DEFAULT = new ScrubSettings(20_000_000, Duration.ofDays(7), Clock.systemUTC());

    public ScrubSettings {
        if (bytesPerSecond < 1 || passInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "expected 1 byte per second and more and an interval of 0 and more, received " + bytesPerSecond
                            + " and " + passInterval);
        }
    }
}
