package io.vectordb.segmentstore.grpc;

import java.time.Duration;

/**
 * How patient a {@link SegmentTransfer} is.
 *
 * @param stallTimeout a stream on which nothing moves for so long is broken off and begun again
 * @param attempts in a row without a byte of progress, after which it gives up
 * @param retryPause before the second of these; each further one waits twice as long
 */
public record TransferSettings(Duration stallTimeout, int attempts, Duration retryPause) {

    /** 20 s, five attempts, 200 ms. */
    public static final TransferSettings DEFAULT =
            new TransferSettings(Duration.ofSeconds(20), 5, Duration.ofMillis(200));

    public TransferSettings {
        if (!stallTimeout.isPositive() || attempts < 1 || retryPause.isNegative()) {
            throw new IllegalArgumentException(
                    "expected a timeout above 0, 1 attempt or more and a pause of 0 and more," + " received "
                            + stallTimeout + ", " + attempts + ", " + retryPause);
        }
    }
}
