package io.vectordb.storagenode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of a storage node.
 *
 * @param nodeId under which it registers and its replicas vote; stays with the data folder
 * @param dataDir where logs and records lie, unless {@code disks} are given
 * @param disks a folder on each disk that the node may use; empty: {@code dataDir} alone
 * @param watermarks from which used share of a disk on it is spared
 * @param raftHost the address that the other replicas reach it at
 * @param raftPort of the first disk, the others have the next ones; 0: any free ones, which only a node without peers may
 *     use
 * @param readThreads how many reads run at once; 0: twice as many as there are cores
 * @param readQueue how many wait beyond that before reads are refused
 * @param blockCache of all shards together
 * @param writeBuffers of all shards together
 * @param replicaCheckInterval how often the replicas of the shards led here are compared, which reads all of them; 0: only
 *     when asked
 * @param scrubRate how fast segment files are read through in the background, bytes a second over all disks
 * @param scrubInterval from the start of one pass over a disk to the start of the next
 */
@ConfigurationProperties("vectordb.storage")
public record StorageProperties(
        @DefaultValue("storage-1") String nodeId,
        @DefaultValue(".vectordb/storage") Path dataDir,
        @DefaultValue List<Path> disks,
        @DefaultValue DiskWatermarks watermarks,
        @DefaultValue("127.0.0.1") String raftHost,
        @DefaultValue("0") int raftPort,
        @DefaultValue("0") int readThreads,
        @DefaultValue("1000") int readQueue,
        @DefaultValue("128MB") DataSize blockCache,
        @DefaultValue("64MB") DataSize writeBuffers,
        @DefaultValue("24h") Duration replicaCheckInterval,
        @DefaultValue("20MB") DataSize scrubRate,
        @DefaultValue("7d") Duration scrubInterval) {

    /**
     * Used shares of a disk, each from 0 to 1, in rising order.
     *
     * @param noNewReplicas nothing new is placed there
     * @param moveAway what is there should go to other disks
     * @param rejectWrites writes are refused, deletes go on
     */
    public record DiskWatermarks(
            @DefaultValue("0.85") double noNewReplicas,
            @DefaultValue("0.90") double moveAway,
            @DefaultValue("0.95") double rejectWrites) {}

    List<Path> folders() {
        return disks.isEmpty() ? List.of(dataDir) : disks;
    }

    /** The number of threads meant by {@link #readThreads()}. */
    int threads() {
        return readThreads > 0 ? readThreads : 2 * Runtime.getRuntime().availableProcessors();
    }
}
