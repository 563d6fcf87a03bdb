package io.vectordb.storagenode;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskSpace;
import io.vectordb.disks.DiskStatus;
import io.vectordb.storage.StorageResources;
import io.vectordb.storage.StoreCounter;
import io.vectordb.storage.StoreStatistics;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The meters of a storage node; sums over its shards, so that their number stays bounded. */
final class StorageMetrics {

    private StorageMetrics() {}

    static void register(
            MeterRegistry meters,
            DiskServers node,
            ShardReplicas replicas,
            ReadPool reads,
            StorageResources resources) {
        sum(meters, replicas, "vectordb.storage.records", "Live records", StoreStatistics::liveRecords);
        sum(meters, replicas, "vectordb.storage.sst.bytes", "Size of table files", StoreStatistics::sstBytes);
        sum(
                meters,
                replicas,
                "vectordb.storage.memtable.bytes",
                "Writes not yet in table files",
                StoreStatistics::memtableBytes);
        sum(
                meters,
                replicas,
                "vectordb.storage.feed.entries",
                "Changes that the feeds can still tell",
                StoreStatistics::feedEntries);
        Gauge.builder("vectordb.storage.shards", replicas, each -> each.groups().size())
                .description("Shard replicas on this node")
                .register(meters);
        sum(
                meters,
                replicas,
                "vectordb.storage.requests.bytes",
                "Size of the remembered requests",
                StoreStatistics::requestIdBytes);
        Gauge.builder(
                        "vectordb.storage.replicas.set_aside",
                        node,
                        each -> each.failedGroups().size())
                .description("Shard replicas on this node that do not work and were set aside")
                .register(meters);
        for (DiskHealth health : DiskHealth.values()) {
            Gauge.builder(
                            "vectordb.storage.disks",
                            node,
                            each -> each.diskStatuses().stream()
                                    .filter(disk -> disk.health() == health)
                                    .count())
                    .tag("health", health.name().toLowerCase(Locale.ROOT))
                    .description("Disks of this node by health")
                    .register(meters);
        }
        disk(meters, node, "vectordb.storage.disk.used.share", "Used share of the fullest disk", status -> {
            DiskSpace space = status.space();
            return space == null ? 0 : space.usedShare(status.reservedBytes());
        });
        sum(
                meters,
                replicas,
                "vectordb.storage.compaction.pending.bytes",
                "What compactions have yet to rewrite, about",
                StoreStatistics::pendingCompactionBytes);
        sum(
                meters,
                replicas,
                "vectordb.storage.writes_stopped",
                "Shard replicas whose writes wait for flushes or compactions",
                statistics -> statistics.writesStopped() ? 1 : 0);
        sum(
                meters,
                replicas,
                "vectordb.storage.background_errors",
                "Flushes and compactions that failed",
                StoreStatistics::backgroundErrors);
        for (StoreCounter counter : StoreCounter.values()) {
            FunctionCounter.builder("vectordb.storage.rocksdb", resources, each -> each.count(counter))
                    .tag("counter", counter.name().toLowerCase(Locale.ROOT))
                    .description("What RocksDB counts of all shards of this node")
                    .register(meters);
        }
        Gauge.builder("vectordb.storage.block_cache.bytes", resources, StorageResources::blockCacheBytes)
                .description("Memory used by the block cache that all shards share")
                .register(meters);
        Gauge.builder("vectordb.storage.write_buffers.bytes", resources, StorageResources::writeBufferBytes)
                .description("The budget for writes not yet in table files, of all shards together")
                .register(meters);
        Gauge.builder(
                        "vectordb.storage.leaders",
                        replicas,
                        each -> each.groups().stream()
                                .filter(group -> node.of(group).isLeader(group))
                                .count())
                .description("Shard replicas on this node that lead")
                .register(meters);
        Gauge.builder("vectordb.storage.reads.waiting", reads, ReadPool::waiting)
                .description("Reads that wait for a thread")
                .register(meters);
    }

    private static void disk(
            MeterRegistry meters,
            DiskServers node,
            String name,
            String description,
            ToDoubleFunction<DiskStatus> value) {
        Gauge.builder(
                        name,
                        node,
                        each -> each.diskStatuses().stream()
                                .mapToDouble(value)
                                .max()
                                .orElse(0))
                .description(description)
                .register(meters);
    }

    private static void sum(
            MeterRegistry meters,
            ShardReplicas replicas,
            String name,
            String description,
            ToLongFunction<StoreStatistics> value) {
        Gauge.builder(
                        name,
                        replicas,
                        each -> each.groups().stream()
                                .mapToLong(group -> {
                                    try {
                                        return value.applyAsLong(
                                                replicas.store(group).statistics());
                                    } catch (VectorDbException closing) {
                                        return 0;
                                    }
                                })
                                .sum())
                .description(description)
                .register(meters);
    }
}
