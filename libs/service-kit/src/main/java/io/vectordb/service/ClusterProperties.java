package io.vectordb.service;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a node finds its cluster.
 *
 * @param metadataAddress of the metadata service, one or several: {@code host:port} each, of which a name may stand for
 *     several members, or {@code inproc:name} within one process
 * @param heartbeat how often a node tells the metadata service that it is here
 */
@ConfigurationProperties("vectordb.cluster")
public record ClusterProperties(
        @DefaultValue("127.0.0.1:9301") List<String> metadataAddress,
        @DefaultValue("1s") Duration heartbeat) {

    public ClusterProperties {
        metadataAddress = List.copyOf(metadataAddress);
    }
}
