package io.vectordb.gateway;

import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;

class GatewayWithoutCoordinatorTest {

    @Test
    void callsAreUnavailableAndTheProbeSaysSo() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class)
                .initializers(GatewayWithoutCoordinatorTest::useOwnEventLoops)
                .run(
                        "--vectordb.gateway.http-port=0",
                        "--vectordb.gateway.grpc-port=0",
                        "--vectordb.gateway.coordinator-address=inproc:nobody",
                        "--vectordb.rpc.mode=in-process",
                        "--vectordb.rpc.in-process-name=lonely")) {
            WebTestClient web = WebTestClient.bindToServer()
                    .baseUrl("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"))
                    .responseTimeout(RunningGateway.LIMIT)
                    .build();
            web.post()
                    .uri("/v1/collections/notes/count")
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue("{}")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(503)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("SHARD_UNAVAILABLE")
                    .jsonPath("$.detail")
                    .isEqualTo("the query coordinator cannot be reached");
            web.get()
                    .uri("/actuator/health/readiness")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(503);
            web.get().uri("/actuator/health/liveness").exchange().expectStatus().isOk();
        }
    }

    /** Else closing this context would end the event loops of the other tests in this process. */
    private static void useOwnEventLoops(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            return resources;
        });
    }
}
