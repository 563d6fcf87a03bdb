package io.vectordb.standalone;

import io.vectordb.coordinator.QueryCoordinatorConfiguration;
import io.vectordb.gateway.GatewayConfiguration;
import io.vectordb.indexnode.IndexNodeConfiguration;
import io.vectordb.metadata.MetadataConfiguration;
import io.vectordb.storagenode.StorageNodeConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The five services in one context: the same configurations as in processes of their own, with the channels between them
 * within the process and one replica a shard.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
    MetadataConfiguration.class,
    StorageNodeConfiguration.class,
    IndexNodeConfiguration.class,
    QueryCoordinatorConfiguration.class,
    GatewayConfiguration.class
})
public class StandaloneApplication {

    public static void main(String[] args) {
        SpringApplication.run(StandaloneApplication.class, args);
    }
}
