package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.create;
import static io.vectordb.metadata.Requests.storage;
import static io.vectordb.metadata.TestMetadata.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.service.RpcServer;
import io.vectordb.service.ServiceReadiness;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class MetadataApplicationTest {

    @TempDir
    Path folder;

    @Test
    void servesOverTheNetworkAndIsFollowed() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(MetadataApplication.class)
                        .run(
                                "--server.port=0",
                                "--vectordb.rpc.port=0",
                                "--vectordb.metadata.raft-port=0",
                                "--vectordb.metadata.data-dir=" + folder);
                ChannelFactory channels = new ChannelFactory()) {
            String address = context.getBean(RpcServer.class).address(MetadataConfiguration.SERVICE);
            ServiceReadiness readiness = context.getBean(ServiceReadiness.class);
            await(() -> readiness.notReadyBecause().isEmpty());
            try (ClusterWatch watch = new ClusterWatch(new MetadataClient(channels, List.of(address)))) {
                watch.start();
                MetadataServiceGrpc.MetadataServiceBlockingStub stub =
                        MetadataServiceGrpc.newBlockingStub(channels.channel(address));
                stub.registerNode(
                        RegisterNodeRequest.newBuilder().setNode(storage("s1")).build());
                stub.createCollection(create("orders"));
                await(() -> watch.state().getCollectionsCount() == 1);
                ClusterState state = watch.state();
                assertThat(state.getNodesList()).containsExactly(storage("s1"));
            }
        }
    }
}
