package io.vectordb.e2e.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.Checkout;
import io.vectordb.e2e.RestClient;
import io.vectordb.e2e.RestClient.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The cluster of the compose file, some minutes long and 3 GB large: only with {@code -Dtest.long=true}. */
@Testcontainers(disabledWithoutDocker = true)
@EnabledIfSystemProperty(named = "test.long", matches = "true")
class ComposeClusterIT {

    private static final int BATCHES_WITHOUT_A_NODE = 20;
    private static final long SECONDS = 60;

    @Test
    void writesGoOnWhileNodesAreKilledInTurnAndNothingAcknowledgedIsLost() throws IOException, InterruptedException {
        Assumptions.assumeTrue(ComposeProject.isAvailable(), "docker compose is not installed");
        Checkout.services().forEach(Checkout::executableJar);
        try (ComposeProject cluster = new ComposeProject()) {
            cluster.up();
            try (RestClient rest = cluster.rest()) {
                Points.create(rest, 2);
                PointWriter writer = PointWriter.start(rest);
                for (String node : List.of("storage-1", "storage-2", "storage-3", "metadata")) {
                    cluster.kill(node);
                    assertThat(writer.awaitMore(BATCHES_WITHOUT_A_NODE, SECONDS))
                            .as("writes without %s; %s", node, writer.surprises())
                            .isTrue();
                    cluster.up(node);
                }
                List<Integer> acknowledged = writer.finish();
                assertThat(writer.surprises()).isEmpty();
                Points.assertHolds(rest, acknowledged);
                cluster.kill("index-1");
                cluster.up("index-1");
                assertSearchFinds(rest, acknowledged.getLast());
            }
        }
    }

    private static void assertSearchFinds(RestClient rest, int batch) throws IOException {
        Answer answer = rest.post("/v1/collections/points/search", """
                {"query": {"nearest": {"vector": [1, %d, 0.5, 0.25], "exact": true}}, "filter": "batch = %d", "k": 100,
                 "select": ["batch"], "timeout": "25s"}""".formatted(batch, batch));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().at("/hits").valueStream())
                .hasSize(PointWriter.BATCH)
                .allSatisfy(hit -> assertThat(hit.at("/fields/batch").asInt(-1)).isEqualTo(batch));
    }
}
