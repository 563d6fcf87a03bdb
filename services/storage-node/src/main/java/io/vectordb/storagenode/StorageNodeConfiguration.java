package io.vectordb.storagenode;

import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Pace;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.disks.SpaceGauge;
import io.vectordb.disks.Watermarks;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.raft.FatalErrorHandler;
import io.vectordb.raft.RaftSettings;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.segmentstore.ScrubSettings;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.service.BackupConfiguration;
import io.vectordb.service.BackupProperties;
import io.vectordb.service.ClusterClientConfiguration;
import io.vectordb.service.ClusterProperties;
import io.vectordb.service.NodeRegistrar;
import io.vectordb.service.RpcServer;
import io.vectordb.service.RpcServices;
import io.vectordb.service.ServiceReadiness;
import io.vectordb.storage.StorageResources;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A storage node, alone in its process or beside the other services. */
@Configuration(proxyBeanMethods = false)
@Import({ClusterClientConfiguration.class, BackupConfiguration.class})
@EnableConfigurationProperties(StorageProperties.class)
public class StorageNodeConfiguration {

    static final String SERVICE = "storage";

    @Bean(destroyMethod = "close")
    StorageResources storageResources(StorageProperties properties) {
        return new StorageResources(
                properties.blockCache().toBytes(), properties.writeBuffers().toBytes());
    }

    @Bean(destroyMethod = "close")
    DiskSet storageDisks(StorageProperties properties) {
        StorageProperties.DiskWatermarks shares = properties.watermarks();
        return DiskSet.open(new DiskSettings(
                properties.nodeId(),
                properties.folders(),
                new Watermarks(shares.noNewReplicas(), shares.moveAway(), shares.rejectWrites()),
                SpaceGauge.fileSystem()));
    }

    @Bean(destroyMethod = "close")
    DiskServers diskServers(StorageProperties properties, DiskSet disks, StorageResources resources) {
        return DiskServers.start(
                new DiskServers.Settings(
                        properties.nodeId(), properties.raftHost(), properties.raftPort(), RaftSettings.shards()),
                disks,
                properties.folders(),
                (group, directory) -> new ShardReplica(ShardGroup.of(group).identity(), directory, resources),
                FatalErrorHandler.HALT);
    }

    @Bean(destroyMethod = "close")
    ShardReplicas shardReplicas(DiskServers node, DiskSet disks, ClusterWatch cluster) {
        ShardReplicas replicas = new ShardReplicas(
                node,
                new ClusterMembership(disks.disks().stream().map(Disk::folder).toList()));
        cluster.addListener(replicas::reconcile);
        return replicas;
    }

    @Bean(destroyMethod = "close")
    ReadPool readPool(
            StorageProperties properties,
            DiskServers node,
            ShardReplicas replicas,
            StorageResources resources,
            MeterRegistry meters) {
        ReadPool pool = new ReadPool(properties.threads(), properties.readQueue());
        StorageMetrics.register(meters, node, replicas, pool, resources);
        return pool;
    }

    @Bean(destroyMethod = "close")
    WriteCoalescer writeCoalescer(DiskServers node) {
        return new WriteCoalescer(node, Clock.systemUTC());
    }

    @Bean(destroyMethod = "close")
    ReplicaComparison replicaComparison(
            StorageProperties properties, DiskServers node, ShardReplicas replicas, MeterRegistry meters) {
        ReplicaComparison comparison = new ReplicaComparison(node, replicas, properties.replicaCheckInterval());
        comparison.register(meters);
        return comparison;
    }

    /** Holds the service, which must be no bean itself: the public server would serve it to everybody. */
    record StorageAdmin(StorageAdminGrpcService service) implements AutoCloseable {

        @Override
        public void close() {
            service.close();
        }
    }

    @Bean(destroyMethod = "close")
    StorageAdmin storageAdmin(
            DiskServers node, ShardReplicas replicas, ReplicaComparison comparison, SegmentUpkeep segments) {
        return new StorageAdmin(new StorageAdminGrpcService(node, replicas, comparison, segments::missing));
    }

    @Bean(destroyMethod = "close")
    SegmentFiles segmentFiles(
            StorageProperties properties,
            DiskSet disks,
            ClusterWatch cluster,
            ChannelFactory channels,
            MeterRegistry meters) {
        SegmentFiles files = new SegmentFiles(
                disks,
                properties.nodeId(),
                SegmentStoreSettings.DEFAULT,
                new ScrubSettings(properties.scrubRate().toBytes(), properties.scrubInterval(), Clock.systemUTC()),
                cluster::state,
                channels);
        files.register(meters);
        return files;
    }

    /** For an index node in the same process, which uses the files where they are; closed with {@link SegmentFiles}. */
    @Bean(destroyMethod = "")
    SegmentStore segmentStore(SegmentFiles files) {
        return files.store();
    }

    @Bean(destroyMethod = "close")
    SegmentUpkeep segmentUpkeep(SegmentFiles files, DiskServers node, ShardReplicas replicas, MeterRegistry meters) {
        SegmentUpkeep upkeep = new SegmentUpkeep(files, new ReplicaSegments(node, replicas), Clock.systemUTC());
        upkeep.register(meters);
        upkeep.start();
        return upkeep;
    }

    /** Holds the service, as {@link StorageAdmin} does. */
    record StorageBackup(BackupGrpcService service) implements AutoCloseable {

        @Override
        public void close() {
            service.close();
        }
    }

    @Bean(destroyMethod = "close")
    StorageBackup storageBackup(
            DiskServers node,
            ShardReplicas replicas,
            WriteCoalescer writes,
            StorageResources resources,
            BackupTargets targets,
            BackupProperties properties,
            MeterRegistry meters) {
        BackupMetrics metrics = new BackupMetrics(meters);
        Pace pace = Pace.limit(properties.bytesPerSecond().toBytes()).and(metrics.pace());
        return new StorageBackup(new BackupGrpcService(
                new ShardBackups(node, replicas, resources, targets, pace),
                new ShardRestores(node, replicas, writes, resources, targets, pace),
                metrics,
                properties.atOnce()));
    }

    @Bean
    RpcServices storageRpcServices(
            DiskServers node,
            ShardReplicas replicas,
            ReadPool reads,
            WriteCoalescer writes,
            StorageAdmin admin,
            SegmentFiles segments,
            StorageBackup backup) {
        return new RpcServices(
                SERVICE,
                List.of(
                        new StorageGrpcService(node, replicas, reads, writes, Clock.systemUTC()),
                        admin.service(),
                        segments.service(),
                        backup.service()));
    }

    @Bean
    StorageRegistrar storageNodeRegistrar(
            StorageProperties properties,
            DiskServers node,
            ShardReplicas replicas,
            RpcServer server,
            MetadataClient metadata,
            ClusterProperties cluster) {
        Supplier<Node> registered = () -> Node.newBuilder()
                .setId(properties.nodeId())
                .setService(Node.Service.STORAGE)
                .addAllDisks(node.nodeDisks())
                .build();
        return new StorageRegistrar(
                new NodeRegistrar(SERVICE, registered, server, metadata, cluster), replicas.joined());
    }

    @Bean
    LeadershipHandover leadershipHandover(DiskServers node) {
        return new LeadershipHandover(node);
    }

    @Bean
    ServiceReadiness storageReadiness(ShardReplicas replicas, ClusterWatch cluster) {
        return new ServiceReadiness() {
            @Override
            public String name() {
                return "storage-node";
            }

            @Override
            public Optional<String> notReadyBecause() {
                return cluster.isSynced() ? replicas.problem() : Optional.of("the metadata has not been read yet");
            }
        };
    }
}
