package io.vectordb.service;

import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** For services that follow the metadata of the cluster. Imported by several of them; there is one watch in a process. */
@Configuration(proxyBeanMethods = false)
@Import(ServiceKitConfiguration.class)
@EnableConfigurationProperties(ClusterProperties.class)
public class ClusterClientConfiguration {

    @Bean(destroyMethod = "close")
    MetadataClient metadataClient(ChannelFactory channels, ClusterProperties properties) {
        return new MetadataClient(channels, properties.metadataAddress());
    }

    @Bean(destroyMethod = "close")
    ClusterWatch clusterWatch(MetadataClient metadata) {
        return new ClusterWatch(metadata);
    }

    @Bean
    ClusterWatchLifecycle clusterWatchLifecycle(ClusterWatch watch) {
        return new ClusterWatchLifecycle(watch);
    }
}
