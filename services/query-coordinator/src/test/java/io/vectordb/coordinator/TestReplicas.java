package io.vectordb.coordinator;

import io.vectordb.storagenode.StorageNodeConfiguration;
import io.vectordb.testkit.Ports;
import io.vectordb.v1.UpdateSettingsRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** A database with three storage nodes, {@code storage-1} to {@code storage-3}; the last two can be stopped and started. */
final class TestReplicas implements AutoCloseable {

    static final String FIRST = "storage-1";
    static final String SECOND = "storage-2";
    static final String THIRD = "storage-3";

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(StorageNodeConfiguration.class)
    static class StorageApplication {}

    private final Path folder;
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, ConfigurableApplicationContext> nodes = new HashMap<>();
    final TestDatabase database;

    TestReplicas(Path folder) {
        this.folder = folder;
        int port = Ports.free(2);
        ports.put(SECOND, port);
        ports.put(THIRD, port + 1);
        database = new TestDatabase(
                folder,
                folder.resolve("backups"),
                List.of("--vectordb.metadata.default-replicas=3", "--vectordb.metadata.rebalance-period=200ms"));
        // What is moved, and when, is said by the tests.
        set("rebalance.mode", "off");
        start(SECOND);
        start(THIRD);
        TestDatabase.await(() -> database.context.getBean(Catalog.class).state().getNodesCount() == 4);
    }

    /** Changes a setting of the cluster. */
    void set(String name, String value) {
        database.cluster()
                .updateSettings(
                        UpdateSettingsRequest.newBuilder().putSet(name, value).build());
    }

    /** One more storage node. */
    void startAnother(String node) {
        ports.put(node, Ports.free(1));
        int before = database.context.getBean(Catalog.class).state().getNodesCount();
        start(node);
        TestDatabase.await(() -> database.context.getBean(Catalog.class).state().getNodesCount() > before);
    }

    void start(String node) {
        nodes.put(
                node,
                new SpringApplicationBuilder(StorageApplication.class)
                        .web(WebApplicationType.NONE)
                        .registerShutdownHook(false)
                        .run(
                                "--spring.main.banner-mode=off",
                                "--logging.level.root=WARN",
                                "--logging.level.org.apache.ratis=ERROR",
                                "--vectordb.rpc.mode=in-process",
                                "--vectordb.rpc.in-process-name="
                                        + database.metadataAddress().replace(':', '-') + node,
                                "--vectordb.cluster.metadata-address=" + database.metadataAddress(),
                                "--vectordb.storage.node-id=" + node,
                                "--vectordb.storage.raft-port=" + ports.get(node),
                                "--vectordb.storage.data-dir=" + folder.resolve(node)));
    }

    void stop(String node) {
        ConfigurableApplicationContext context = nodes.remove(node);
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void close() {
        List.copyOf(nodes.keySet()).forEach(this::stop);
        database.close();
    }
}
