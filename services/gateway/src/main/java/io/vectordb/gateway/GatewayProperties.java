package io.vectordb.gateway;

import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the gateway listens and whom it asks.
 *
 * @param host the address that both ports bind to
 * @param httpPort REST; 0: any free one
 * @param grpcPort gRPC; 0: any free one
 * @param coordinatorAddress {@code host:port}, or {@code inproc:name} within one process
 * @param timeout of requests that name none themselves
 */
@ConfigurationProperties("vectordb.gateway")
@Validated
public record GatewayProperties(
        @DefaultValue("127.0.0.1") @NotBlank String host,
        @DefaultValue("8080") int httpPort,
        @DefaultValue("9090") int grpcPort,
        @DefaultValue("127.0.0.1:9501") @NotBlank String coordinatorAddress,
        @DefaultValue("10s") Duration timeout) {}
