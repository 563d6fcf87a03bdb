package io.vectordb.indexnode;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of an index node.
 *
 * @param nodeId under which it registers; another one for every index node of a cluster
 * @param efSearch the beam width of a search that names none
 * @param searchThreads how many searches run at once; 0: as many as there are cores
 * @param searchQueue how many wait beyond that before searches are refused
 * @param tailWait how long the storage node holds a request for changes when there are none
 */
@ConfigurationProperties("vectordb.index")
public record IndexProperties(
        @DefaultValue("index-1") String nodeId,
        @DefaultValue("100") int efSearch,
        @DefaultValue("0") int searchThreads,
        @DefaultValue("1000") int searchQueue,
        @DefaultValue("1s") Duration tailWait) {

    /** The number of threads meant by {@link #searchThreads()}. */
    int threads() {
        return searchThreads > 0 ? searchThreads : Runtime.getRuntime().availableProcessors();
    }
}
