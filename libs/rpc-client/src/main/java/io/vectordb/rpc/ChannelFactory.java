package io.vectordb.rpc;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.vectordb.common.Limits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Channels to the other services, one per address, made at first use and kept.
 *
 * <p>An address is {@code host:port}, or {@code inproc:name} for a service of the same process. Thread-safe. Making a
 * channel connects to nothing yet; calls on it fail with {@code UNAVAILABLE} while nobody answers.
 */
public final class ChannelFactory implements AutoCloseable {

    public static final String IN_PROCESS = "inproc:";
    /** Room for the answer's framing and trailing members beyond the largest payload. */
    private static final int MESSAGE_BYTES = Limits.RESPONSE_BYTES + (1 << 20);

    private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** The channel to {@code address}. */
    public ManagedChannel channel(String address) {
        return channels.computeIfAbsent(address, ChannelFactory::build);
    }

    private static ManagedChannel build(String address) {
        ManagedChannelBuilder<?> builder = address.startsWith(IN_PROCESS)
                ? InProcessChannelBuilder.forName(address.substring(IN_PROCESS.length()))
                : NettyChannelBuilder.forTarget("dns:///" + address)
                        .keepAliveTime(30, TimeUnit.SECONDS)
                        .keepAliveTimeout(10, TimeUnit.SECONDS)
                        .usePlaintext();
        return builder.maxInboundMessageSize(MESSAGE_BYTES).build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }
}
