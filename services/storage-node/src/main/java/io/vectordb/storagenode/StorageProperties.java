package io.vectordb.storagenode;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of a storage node.
 *
 * @param nodeId under which it registers and its replicas vote; stays with the data folder
 * @param dataDir where logs and records lie
 * @param raftHost the address that the other replicas reach it at
 * @param raftPort 0: any free one, which only a node without peers may use
 * @param readThreads how many reads run at once; 0: twice as many as there are cores
 * @param readQueue how many wait beyond that before reads are refused
 * @param blockCache of all shards together
 * @param writeBuffers of all shards together
 * @param replicaCheckInterval how often the replicas of the shards led here are compared, which reads all of them; 0: only
 *     when asked
 */
@ConfigurationProperties("vectordb.storage")
public record StorageProperties(
        @DefaultValue("storage-1") String nodeId,
        @DefaultValue(".vectordb/storage") Path dataDir,
        @DefaultValue("127.0.0.1") String raftHost,
        @DefaultValue("0") int raftPort,
        @DefaultValue("0") int readThreads,
        @DefaultValue("1000") int readQueue,
        @DefaultValue("128MB") DataSize blockCache,
        @DefaultValue("64MB") DataSize writeBuffers,
        @DefaultValue("24h") Duration replicaCheckInterval) {

    /** The number of threads meant by {@link #readThreads()}. */
    int threads() {
        return readThreads > 0 ? readThreads : 2 * Runtime.getRuntime().availableProcessors();
    }
}
