package io.vectordb.storagenode;

import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Pace;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftNodeConfig;
import io.vectordb.raft.RaftSettings;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
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
    RaftNode shardRaftNode(StorageProperties properties, StorageResources resources) {
        RaftNodeConfig config = new RaftNodeConfig(
                properties.nodeId(),
                properties.raftHost(),
                properties.raftPort(),
                properties.dataDir(),
                RaftSettings.shards());
        return RaftNode.start(
                config,
                (group, directory) -> new ShardReplica(ShardGroup.of(group).identity(), directory, resources));
    }

    @Bean(destroyMethod = "close")
    ShardReplicas shardReplicas(RaftNode shardRaftNode, StorageProperties properties, ClusterWatch cluster) {
        ShardReplicas replicas = new ShardReplicas(shardRaftNode, new ClusterMembership(properties.dataDir()));
        cluster.addListener(replicas::reconcile);
        return replicas;
    }

    @Bean(destroyMethod = "close")
    ReadPool readPool(
            StorageProperties properties,
            RaftNode shardRaftNode,
            ShardReplicas replicas,
            StorageResources resources,
            MeterRegistry meters) {
        ReadPool pool = new ReadPool(properties.threads(), properties.readQueue());
        StorageMetrics.register(meters, shardRaftNode, replicas, pool, resources);
        return pool;
    }

    @Bean(destroyMethod = "close")
    WriteCoalescer writeCoalescer(RaftNode shardRaftNode) {
        return new WriteCoalescer(shardRaftNode, Clock.systemUTC());
    }

    @Bean(destroyMethod = "close")
    ReplicaComparison replicaComparison(
            StorageProperties properties, RaftNode shardRaftNode, ShardReplicas replicas, MeterRegistry meters) {
        ReplicaComparison comparison =
                new ReplicaComparison(shardRaftNode, replicas, properties.replicaCheckInterval());
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
    StorageAdmin storageAdmin(RaftNode shardRaftNode, ShardReplicas replicas, ReplicaComparison comparison) {
        return new StorageAdmin(new StorageAdminGrpcService(shardRaftNode, replicas, comparison));
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
            RaftNode shardRaftNode,
            ShardReplicas replicas,
            WriteCoalescer writes,
            StorageResources resources,
            BackupTargets targets,
            BackupProperties properties,
            MeterRegistry meters) {
        BackupMetrics metrics = new BackupMetrics(meters);
        Pace pace = Pace.limit(properties.bytesPerSecond().toBytes()).and(metrics.pace());
        return new StorageBackup(new BackupGrpcService(
                new ShardBackups(shardRaftNode, replicas, resources, targets, pace),
                new ShardRestores(shardRaftNode, replicas, writes, resources, targets, pace),
                metrics,
                properties.atOnce()));
    }

    @Bean
    RpcServices storageRpcServices(
            RaftNode shardRaftNode,
            ShardReplicas replicas,
            ReadPool reads,
            WriteCoalescer writes,
            StorageAdmin admin,
            StorageBackup backup) {
        return new RpcServices(
                SERVICE,
                List.of(
                        new StorageGrpcService(shardRaftNode, replicas, reads, writes),
                        admin.service(),
                        backup.service()));
    }

    @Bean
    StorageRegistrar storageNodeRegistrar(
            StorageProperties properties,
            RaftNode shardRaftNode,
            ShardReplicas replicas,
            RpcServer server,
            ChannelFactory channels,
            ClusterProperties cluster) {
        Node node = Node.newBuilder()
                .setId(properties.nodeId())
                .setService(Node.Service.STORAGE)
                .setRaftAddress(shardRaftNode.address())
                .build();
        return new StorageRegistrar(new NodeRegistrar(SERVICE, node, server, channels, cluster), replicas.joined());
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
