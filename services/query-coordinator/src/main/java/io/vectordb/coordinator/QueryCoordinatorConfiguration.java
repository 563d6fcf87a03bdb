package io.vectordb.coordinator;

import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.backup.BackupTargets;
import io.vectordb.embedding.Embedder;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.service.BackupConfiguration;
import io.vectordb.service.BackupProperties;
import io.vectordb.service.ClusterClientConfiguration;
import io.vectordb.service.RpcServices;
import io.vectordb.service.ServiceReadiness;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A query coordinator, alone in its process or beside the other services. */
@Configuration(proxyBeanMethods = false)
@Import({ClusterClientConfiguration.class, BackupConfiguration.class})
@EnableConfigurationProperties(CoordinatorProperties.class)
public class QueryCoordinatorConfiguration {

    static final String SERVICE = "coordinator";

    @Bean(destroyMethod = "close")
    Embedder embedder(CoordinatorProperties properties) {
        return new Embedder(properties.threads());
    }

    @Bean
    Catalog catalog(MetadataClient metadata, ClusterWatch watch) {
        return new Catalog(metadata, watch);
    }

    @Bean
    ShardClient coordinatorShardClient(ChannelFactory channels, ClusterWatch watch) {
        return new ShardClient(channels, watch);
    }

    @Bean
    CollectionAdmin collectionAdmin(Catalog catalog, ShardClient storage, Embedder embedder) {
        return new CollectionAdmin(catalog, storage, embedder);
    }

    @Bean(destroyMethod = "close")
    Operations operations(MeterRegistry meters) {
        return new Operations(InstantSource.system(), meters);
    }

    @Bean
    BackupAdmin backupAdmin(
            ChannelFactory channels,
            Catalog catalog,
            CollectionAdmin collections,
            ShardClient storage,
            Operations operations,
            BackupTargets targets,
            BackupProperties properties,
            CoordinatorProperties times,
            AuditLog audit) {
        InstantSource clock = InstantSource.system();
        BackupCalls calls = new BackupCalls(channels, catalog, storage, properties.timeout());
        return new BackupAdmin(
                catalog,
                operations,
                new BackupCreation(catalog, calls, targets, clock, properties),
                new BackupRestore(catalog, collections, calls, targets, clock, properties, times),
                targets,
                clock,
                properties,
                audit);
    }

    @Bean
    AuditLog auditLog(Catalog catalog, MeterRegistry meters, CoordinatorProperties properties) {
        return new AuditLog(catalog, meters, properties);
    }

    @Bean
    PublicGrpcServices.Background background(
            ChannelFactory channels, Catalog catalog, Operations operations, BackupAdmin backups, AuditLog audit) {
        NodeCalls nodes = new NodeCalls(channels);
        ClusterSurveyor surveyor = new ClusterSurveyor(catalog, nodes);
        ShardAdmin shards = new ShardAdmin(surveyor, nodes, operations, audit);
        return new PublicGrpcServices.Background(
                operations,
                backups,
                new ClusterAdmin(surveyor, nodes, audit),
                shards,
                new ClusterTasks(catalog, audit),
                new UnsafeRecovery(shards, catalog, audit),
                audit);
    }

    @Bean
    RpcServices coordinatorRpcServices(
            ChannelFactory channels,
            ShardClient storage,
            Catalog catalog,
            CollectionAdmin collections,
            PublicGrpcServices.Background background,
            Embedder embedder,
            CoordinatorProperties properties) {
        Positions positions = new Positions(storage);
        IndexClient index = new IndexClient(channels, catalog);
        WritePreparation preparation = new WritePreparation(catalog, embedder);
        Writer writer = new Writer(storage);
        return new RpcServices(
                SERVICE,
                PublicGrpcServices.of(
                        collections,
                        new Records(catalog, preparation, writer),
                        new Getter(catalog, storage, properties),
                        new BulkWriter(catalog, preparation, writer, properties),
                        new PublicGrpcServices.Searching(
                                new Searcher(catalog, positions, index, embedder, properties),
                                new Counter(catalog, positions, index, properties),
                                new Scroller(catalog, storage, properties)),
                        background,
                        catalog,
                        embedder,
                        properties));
    }

    /** The models are loaded while everything else starts; the first search does not wait for them. */
    @Bean
    ServiceReadiness queryCoordinatorReadiness(Embedder embedder, ClusterWatch watch) {
        CompletableFuture<Void> models = embedder.warmUp();
        return new ServiceReadiness() {
            @Override
            public String name() {
                return "query-coordinator";
            }

            @Override
            public Optional<String> notReadyBecause() {
                if (models.isCompletedExceptionally()) {
                    return Optional.of("the embedding model cannot be loaded: "
                            + models.exceptionNow().getMessage());
                }
                if (!models.isDone()) {
                    return Optional.of("loading the embedding model");
                }
                return watch.isSynced() ? Optional.empty() : Optional.of("the metadata has not been read yet");
            }
        };
    }
}
