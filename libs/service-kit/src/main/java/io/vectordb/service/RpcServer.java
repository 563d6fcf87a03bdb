package io.vectordb.service;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.vectordb.common.Limits;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Serves the {@link RpcServices} of this process: one server on the network, or one server within the process for each
 * of them. Handlers run on gRPC's own threads and hand blocking work to pools of their own.
 */
public final class RpcServer implements SmartLifecycle {

    /** Servers are up before nodes register and before the public ports open. */
    public static final int PHASE = -100;

    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
    private static final int MESSAGE_BYTES = Limits.RESPONSE_BYTES + (1 << 20);
    private static final long STOP_SECONDS = 5;

    private final RpcProperties properties;
    private final List<RpcServices> services;
    private final MeterRegistry meters;
    private final List<Server> servers = new ArrayList<>();

    public RpcServer(RpcProperties properties, List<RpcServices> services, MeterRegistry meters) {
        this.properties = properties;
        this.services = List.copyOf(services);
        this.meters = meters;
    }

    /** What other services call {@code service} by; on the network only after the start. */
    public String address(String service) {
        return switch (properties.mode()) {
            case IN_PROCESS -> ChannelFactory.IN_PROCESS + properties.inProcessAddress(service);
            case NETWORK -> properties.host() + ":" + servers.getFirst().getPort();
        };
    }

    @Override
    public void start() {
        switch (properties.mode()) {
            case IN_PROCESS ->
                services.forEach(each ->
                        serve(InProcessServerBuilder.forName(properties.inProcessAddress(each.name())), List.of(each)));
            case NETWORK ->
                serve(
                        NettyServerBuilder.forAddress(new InetSocketAddress(properties.host(), properties.port()))
                                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                                .permitKeepAliveWithoutCalls(true),
                        services);
        }
    }

    private void serve(ServerBuilder<?> builder, List<RpcServices> served) {
        served.forEach(each -> each.services().forEach(builder::addService));
        builder.maxInboundMessageSize(MESSAGE_BYTES)
                .intercept(new ErrorServerInterceptor())
                .intercept(new MetricCollectingServerInterceptor(meters));
        try {
            Server server = builder.build().start();
            servers.add(server);
            LOG.info("serving {} on {}", served.stream().map(RpcServices::name).toList(), server.getListenSockets());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot serve on " + properties.host() + ":" + properties.port() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() {
        servers.forEach(Server::shutdown);
        for (Server server : servers) {
            try {
                if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                    server.shutdownNow();
                }
            } catch (InterruptedException e) {
                server.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        servers.clear();
    }

    @Override
    public boolean isRunning() {
        return !servers.isEmpty();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
