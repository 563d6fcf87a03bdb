package io.vectordb.cli.local;

import java.time.Duration;

/**
 * How long to wait before a process is started again, and when to give up.
 *
 * @param first after the first end; doubles with every one that follows
 * @param longest where it stops growing
 * @param settled after this time of running an end counts as the first again
 * @param earlyFailures so many ends in a row, none of them after {@code settled} and never settled before: it will not
 *     start at all
 */
public record BackOff(Duration first, Duration longest, Duration settled, int earlyFailures) {

    public static final BackOff DEFAULT =
            new BackOff(Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(20), 3);

    /** @param ends how many times in a row it ended before it settled, from 1 */
    Duration wait(int ends) {
        long millis = first.toMillis() << Math.min(ends - 1, 20);
        return Duration.ofMillis(Math.min(millis, longest.toMillis()));
    }
}
