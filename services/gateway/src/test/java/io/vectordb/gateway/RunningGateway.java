package io.vectordb.gateway;

import io.vectordb.common.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A gateway on free ports before a fake coordinator, one for all tests of the process. */
abstract class RunningGateway {

    /** Of what has to happen: a busy machine takes long for it, and only a failure costs all of it. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String COORDINATOR = "gateway-test-coordinator";

    private static volatile State state;

    private record State(FakeCoordinator coordinator, ConfigurableApplicationContext context) {}

    @BeforeAll
    static synchronized void start() throws IOException {
        if (state == null) {
            FakeCoordinator coordinator = new FakeCoordinator(COORDINATOR);
            ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class)
                    .run(
                            "--vectordb.gateway.http-port=0",
                            "--vectordb.gateway.grpc-port=0",
                            "--vectordb.gateway.coordinator-address=inproc:" + COORDINATOR,
                            "--vectordb.rpc.mode=in-process",
                            "--vectordb.rpc.in-process-name=gateway-test");
            state = new State(coordinator, context);
        }
    }

    @BeforeEach
    void reset() {
        coordinator().reset();
    }

    static FakeCoordinator coordinator() {
        return state.coordinator();
    }

    static ConfigurableApplicationContext context() {
        return state.context();
    }

    static int httpPort() {
        return Integer.parseInt(state.context().getEnvironment().getRequiredProperty("local.server.port"));
    }

    static int grpcPort() {
        return state.context().getBean(GrpcServerLifecycle.class).getPort();
    }

    static WebTestClient web() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + httpPort())
                .responseTimeout(LIMIT)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
                .build();
    }

    static WebTestClient.ResponseSpec post(String path, String json) {
        return web().post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json)
                .exchange();
    }

    static WebTestClient.BodyContentSpec problem(WebTestClient.ResponseSpec response, ErrorCode code) {
        return response.expectStatus()
                .isEqualTo(code.httpStatus())
                .expectHeader()
                .contentType("application/problem+json")
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo(code.name())
                .jsonPath("$.type")
                .isEqualTo("/problems/" + code.slug())
                .jsonPath("$.status")
                .isEqualTo(code.httpStatus())
                .jsonPath("$.trace_id")
                .exists();
    }
}
