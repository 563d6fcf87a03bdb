package io.vectordb.metadata;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.service.RpcServices;
import io.vectordb.service.ServiceKitConfiguration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The metadata service; imported by its own application and by the one that holds all services. */
@Configuration(proxyBeanMethods = false)
@Import(ServiceKitConfiguration.class)
@EnableConfigurationProperties(MetadataProperties.class)
public class MetadataConfiguration {

    /** The service's name among {@link RpcServices}: in one process it is reached at {@code inproc:vectordb-metadata}. */
    public static final String SERVICE = "metadata";

    @Bean(destroyMethod = "close")
    WatchHub metadataWatchHub() {
        return new WatchHub();
    }

    @Bean(destroyMethod = "close")
    MetadataLog metadataLog(
            MetadataProperties properties, WatchHub hub, ChannelFactory channels, MeterRegistry meters) {
        MetadataLog log = MetadataLog.open(properties, hub, channels, InstantSource.system());
        Gauge.builder("vectordb.metadata.leader", log, each -> each.isLeader() ? 1 : 0)
                .description("1 when this member leads the metadata group")
                .register(meters);
        Gauge.builder("vectordb.metadata.following", log, each -> each.follows() ? 1 : 0)
                .description("1 when this member leads the metadata group or hears its leader")
                .register(meters);
        Gauge.builder("vectordb.metadata.applied", log, MetadataLog::appliedIndex)
                .description("the last entry of the metadata log that this member has applied")
                .register(meters);
        Gauge.builder("vectordb.metadata.watchers", hub, WatchHub::watching)
                .description("streams that follow the metadata at this member")
                .register(meters);
        return log;
    }

    @Bean(destroyMethod = "close")
    NodeSupervision nodeSupervision(MetadataLog log, MeterRegistry meters) {
        for (Node.State state : Node.State.values()) {
            if (state != Node.State.UNRECOGNIZED && state != Node.State.STATE_UNSPECIFIED) {
                Gauge.builder("vectordb.metadata.nodes", log, each -> each.nodes(state))
                        .tag("state", state.name().toLowerCase(Locale.ROOT))
                        .description("nodes by state, as this member knows them")
                        .register(meters);
            }
        }
        return new NodeSupervision(log);
    }

    @Bean
    StorageNodes nodesOfTasks(MetadataLog log, ChannelFactory channels) {
        return new StorageNodes(channels, log::state);
    }

    @Bean(destroyMethod = "close")
    Rebalancer rebalancer(MetadataLog log, StorageNodes nodes, MetadataProperties properties, MeterRegistry meters) {
        Rebalancer rebalancer = new Rebalancer(log, nodes, properties.rebalancePeriod());
        Gauge.builder(
                        "vectordb.metadata.imbalance",
                        rebalancer,
                        each -> each.imbalance().mostBytes())
                .description("used share of the fullest storage node to the mean, at the leader")
                .register(meters);
        Gauge.builder("vectordb.metadata.obstacles", rebalancer, Rebalancer::obstacles)
                .description("what should be moved and cannot, at the leader")
                .register(meters);
        rebalancer.start();
        return rebalancer;
    }

    @Bean(destroyMethod = "close")
    TaskRunner taskRunner(MetadataLog log, StorageNodes nodes) {
        TaskRunner runner = new TaskRunner(log, nodes);
        runner.start();
        return runner;
    }

    @Bean
    RpcServices metadataRpcServices(
            MetadataLog log,
            WatchHub hub,
            NodeSupervision nodes,
            Rebalancer rebalancer,
            MetadataProperties properties) {
        return new RpcServices(
                SERVICE, List.of(new MetadataGrpcService(log, hub, nodes, rebalancer, properties.defaultReplicas())));
    }
}
