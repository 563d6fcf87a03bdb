package io.vectordb.indexnode;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
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
 *     machine, or the container, has. Half of it is for what is not in files yet: beyond it nothing more is taken in, and
 *     what is there stays searchable. A quarter is for graphs and codes of files, of which more stay mapped, and a quarter
 *     for a merge
 * @param dataDir where segment files are kept, so that a restart need not fetch them, and where they are built. Nothing is
 *     lost with it. Beside a storage node in one process it is only built there
 * @param sealRows a growing segment of so many rows is written to files
 * @param sealSize or of rows of this size, without vectors
 * @param sealAge or one that is this old and has a tenth of the rows at least
 * @param buildClaim after so long another index node may go on with a segment whose builder is not heard of
 * @param rowMemory how large the rows of one shard may become in memory, without vectors, before no more are taken in
 *     until they are in files; 0: a tenth of the heap
 * @param tailWait how long the storage node holds a request for changes when there are none
 */
@ConfigurationProperties("vectordb.index")
public record IndexProperties(
        @DefaultValue("index-1") String nodeId,
        @DefaultValue("100") int efSearch,
        @DefaultValue("0") int searchThreads,
        @DefaultValue("1000") int searchQueue,
        @DefaultValue("0") DataSize vectorMemory,
        @DefaultValue(".vectordb/index") Path dataDir,
        @DefaultValue("100000") int sealRows,
        @DefaultValue("128MB") DataSize sealSize,
        @DefaultValue("10m") Duration sealAge,
        @DefaultValue("30s") Duration buildClaim,
        @DefaultValue("0") DataSize rowMemory,
        @DefaultValue("1s") Duration tailWait) {

    /** The part of the heap that rows may take; as objects they take a few times what they take as bytes. */
    private static final int HEAP_PARTS = 10;

    BuildSettings buildSettings() {
        return new BuildSettings(
                sealRows,
                Math.min(sealSize.toBytes(), rowMemoryBytes() / 2),
                sealAge,
                vectorMemoryBytes() / 4,
                buildClaim);
    }

    /** The bytes meant by {@link #rowMemory()}. */
    long rowMemoryBytes() {
        return rowMemory.toBytes() > 0
                ? rowMemory.toBytes()
                : Runtime.getRuntime().maxMemory() / HEAP_PARTS;
    }

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
