package io.vectordb.indexnode;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of an index node.
 *
 * @param nodeId under which it registers; another one for every index node of a cluster
 * @param efSearch the beam width of a search that names none
 * @param searchThreads how many searches run at once; 0: as many as there are cores
 * @param searchQueue how many wait beyond that before searches are refused
 * @param vectorMemory how much memory vectors, codes and graphs of all shards may take together; 0: half of what the
 *     machine, or the container, has. Beyond it nothing more is taken in, and what is there stays searchable
 * @param tailWait how long the storage node holds a request for changes when there are none
 */
@ConfigurationProperties("vectordb.index")
public record IndexProperties(
        @DefaultValue("index-1") String nodeId,
        @DefaultValue("100") int efSearch,
        @DefaultValue("0") int searchThreads,
        @DefaultValue("1000") int searchQueue,
        @DefaultValue("0") DataSize vectorMemory,
        @DefaultValue("1s") Duration tailWait) {

    /** The bytes meant by {@link #vectorMemory()}. */
    long vectorMemoryBytes() {
        if (vectorMemory.toBytes() > 0) {
            return vectorMemory.toBytes();
        }
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / 2;
    }

    /** The number of threads meant by {@link #searchThreads()}. */
    int threads() {
        return searchThreads > 0 ? searchThreads : Runtime.getRuntime().availableProcessors();
    }
}
