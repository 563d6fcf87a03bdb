package io.vectordb.coordinator;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of a query coordinator.
 *
 * @param timeout of a call that names none
 * @param maxTimeout the longest that a call may name
 * @param maxStaleness of a bounded read that names none
 * @param embedThreads how many texts are embedded at once; 0: as many as there are cores
 */
@ConfigurationProperties("vectordb.coordinator")
public record CoordinatorProperties(
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("1h") Duration maxTimeout,
        @DefaultValue("5s") Duration maxStaleness,
        @DefaultValue("0") int embedThreads) {

    int threads() {
        return embedThreads > 0 ? embedThreads : Runtime.getRuntime().availableProcessors();
    }
}
