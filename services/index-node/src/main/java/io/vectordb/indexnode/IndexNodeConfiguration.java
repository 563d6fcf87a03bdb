package io.vectordb.indexnode;

import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.service.ClusterClientConfiguration;
import io.vectordb.service.ClusterProperties;
import io.vectordb.service.NodeRegistrar;
import io.vectordb.service.RpcServer;
import io.vectordb.service.RpcServices;
import io.vectordb.service.ServiceReadiness;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An index node, alone in its process or beside the other services. */
@Configuration(proxyBeanMethods = false)
@Import(ClusterClientConfiguration.class)
@EnableConfigurationProperties(IndexProperties.class)
public class IndexNodeConfiguration {

    static final String SERVICE = "index";

    @Bean(destroyMethod = "close")
    ShardViews shardViews(
            IndexProperties properties,
            ChannelFactory channels,
            ClusterWatch cluster,
            ObjectProvider<SegmentStore> besideStorage) {
        SegmentStore store = besideStorage.getIfAvailable();
        SegmentCache files = store == null
                ? SegmentCache.in(properties.dataDir(), properties.nodeId(), channels, cluster)
                : SegmentCache.beside(store, properties.dataDir().resolve("building"), channels, cluster);
        BuildSteps steps = StepGates.of(System.getenv());
        ShardViews views = new ShardViews(properties, new ShardClient(channels, cluster), files, steps);
        cluster.addListener(views::reconcile);
        return views;
    }

    @Bean(destroyMethod = "close")
    SearchPool searchPool(IndexProperties properties, ShardViews views, MeterRegistry meters) {
        SearchPool pool = new SearchPool(properties.threads(), properties.searchQueue());
        IndexMetrics.register(meters, views, pool);
        return pool;
    }

    @Bean
    RpcServices indexRpcServices(ShardViews views, SearchPool pool, IndexProperties properties) {
        return new RpcServices(SERVICE, List.of(new IndexGrpcService(views, pool, properties.efSearch())));
    }

    @Bean
    NodeRegistrar indexNodeRegistrar(
            IndexProperties properties, RpcServer server, MetadataClient metadata, ClusterProperties cluster) {
        Node node = Node.newBuilder()
                .setId(properties.nodeId())
                .setService(Node.Service.INDEX)
                .build();
        return new NodeRegistrar(SERVICE, () -> node, server, metadata, cluster);
    }

    @Bean
    ServiceReadiness indexReadiness(ShardViews views, ClusterWatch cluster) {
        return new ServiceReadiness() {
            @Override
            public String name() {
                return "index-node";
            }

            @Override
            public Optional<String> notReadyBecause() {
                return cluster.isSynced() ? views.building() : Optional.of("the metadata has not been read yet");
            }
        };
    }
}
