package io.vectordb.service;

import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.NodeRegistration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;

/**
 * Registers one node of this process once its internal server is up. A service declares it as a bean; it is part of the
 * readiness probe.
 */
public final class NodeRegistrar implements SmartLifecycle, ServiceReadiness {

    private final String service;
    private final Supplier<Node> template;
    private final RpcServer server;
    private final MetadataClient metadata;
    private final ClusterProperties properties;
    private volatile Optional<NodeRegistration> registration = Optional.empty();

    /**
     * @param service as in {@link RpcServices#name()}
     * @param template the node as it is now, without address and boot id; must not block
     */
    public NodeRegistrar(
            String service,
            Supplier<Node> template,
            RpcServer server,
            MetadataClient metadata,
            ClusterProperties properties) {
        this.service = service;
        this.template = template;
        this.server = server;
        this.metadata = metadata;
        this.properties = properties;
    }

    @Override
    public void start() {
        String address = server.address(service);
        String bootId = UUID.randomUUID().toString();
        Supplier<Node> node = () -> template.get().toBuilder()
                .setRpcAddress(address)
                .setBootId(bootId)
                .build();
        NodeRegistration started = new NodeRegistration(metadata, node, properties.heartbeat());
        registration = Optional.of(started);
        started.start();
    }

    @Override
    public void stop() {
        registration.ifPresent(NodeRegistration::close);
        registration = Optional.empty();
    }

    @Override
    public boolean isRunning() {
        return registration.isPresent();
    }

    @Override
    public int getPhase() {
        return RpcServer.PHASE + 1;
    }

    @Override
    public String name() {
        return service + "-registration";
    }

    @Override
    public Optional<String> notReadyBecause() {
        return registration.map(NodeRegistration::isRegistered).orElse(false)
                ? Optional.empty()
                : Optional.of("the metadata service at " + properties.metadataAddress() + " has not been reached");
    }
}
