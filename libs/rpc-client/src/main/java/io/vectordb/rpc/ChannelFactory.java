package io.vectordb.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.vectordb.common.Limits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Channels to the other services, one per address, made at first use and kept.
 *
 * <p>An address is {@code host:port}, or {@code inproc:name} for a service of the same process. Thread-safe. Making a
 * channel connects to nothing yet; calls on it fail with {@code UNAVAILABLE} while nobody answers. Meanwhile it tries
 * again twice a second: gRPC alone would pause for longer and longer, up to two minutes, and a node that comes back would
 * be thought down for as long.
 */
public final class ChannelFactory implements AutoCloseable {

    public static final String IN_PROCESS = "inproc:";
    /** Room for the answer's framing and trailing members beyond the largest payload. */
    private static final int MESSAGE_BYTES = Limits.RESPONSE_BYTES + (1 << 20);

    /** For failures with many violations. */
    private static final int METADATA_BYTES = 1 << 20;

    private static final long RECONNECT_MILLIS = 500;
    /** An address that vanished answers nothing at all; a call must have time left to be made elsewhere. */
    private static final int CONNECT_MILLIS = 2_000;

    private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final ScheduledExecutorService reconnecting = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconnect").factory());

    public ChannelFactory() {
        reconnecting.scheduleWithFixedDelay(this::reconnect, RECONNECT_MILLIS, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The channel to {@code address}. */
    public ManagedChannel channel(String address) {
        return channels.computeIfAbsent(address, ChannelFactory::build);
    }

    private static ManagedChannel build(String address) {
        ManagedChannelBuilder<?> builder = address.startsWith(IN_PROCESS)
                ? InProcessChannelBuilder.forName(address.substring(IN_PROCESS.length()))
                : NettyChannelBuilder.forTarget("dns:///" + address)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .keepAliveTime(30, TimeUnit.SECONDS)
                        .keepAliveTimeout(10, TimeUnit.SECONDS)
                        .maxInboundMetadataSize(METADATA_BYTES)
                        .usePlaintext();
        return builder.maxInboundMessageSize(MESSAGE_BYTES).build();
    }

    private void reconnect() {
        for (ManagedChannel channel : channels.values()) {
            if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                channel.resetConnectBackoff();
            }
        }
    }

    @Override
    public void close() {
        reconnecting.shutdownNow();
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }
}
