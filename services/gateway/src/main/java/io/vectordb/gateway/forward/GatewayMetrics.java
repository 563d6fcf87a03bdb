package io.vectordb.gateway.forward;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vectordb.common.ErrorCode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the gateway measures: {@code vectordb.gateway.requests} by rpc, protocol and code. */
public final class GatewayMetrics {

    /** The code of requests that succeeded. */
    private static final String OK = "OK";

    private final MeterRegistry registry;

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Counts a request that has ended.
     *
     * @param rpc its name; {@code none} when it matched no route
     * @param protocol {@code rest} or {@code grpc}
     * @param code what it failed with; null: it did not
     * @param startNanos of {@link System#nanoTime()}
     */
    public void ended(String rpc, String protocol, @Nullable ErrorCode code, long startNanos) {
        Timer.builder("vectordb.gateway.requests")
                .description("Requests by rpc, protocol and code")
                .tag("rpc", rpc)
                .tag("protocol", protocol)
                .tag("code", code == null ? OK : code.name())
                .register(registry)
                .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }
}
