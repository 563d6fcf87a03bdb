package io.vectordb.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The promises of the compose file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComposeFileTest {

    private static final String BACKUPS = "backups:/backups";
    private static final List<String> NAMES =
            List.of("VECTORDB_STORAGE_NODE_ID", "VECTORDB_STORAGE_RAFT_HOST", "VECTORDB_INDEX_NODE_ID");

    private JsonNode compose = new JsonMapper().createObjectNode();

    @BeforeAll
    void read() throws IOException {
        String text = Files.readString(Checkout.root().resolve("docker-compose.yml"));
        compose = new JsonMapper().valueToTree(new Yaml().load(text));
    }

    private Iterable<Map.Entry<String, JsonNode>> services() {
        return compose.at("/services").properties();
    }

    @Test
    void everyServiceIsLimitedAndOfAnImageMadeHere() {
        Set<String> images = new HashSet<>();
        for (Map.Entry<String, JsonNode> each : services()) {
            JsonNode service = each.getValue();
            assertThat(service.at("/mem_limit").asString("")).as(each.getKey()).isNotEmpty();
            assertThat(service.at("/pull_policy").asString(""))
                    .as(each.getKey())
                    .isEqualTo("never");
            assertThat(service.at("/read_only").asBoolean(false))
                    .as(each.getKey())
                    .isTrue();
            String built = service.at("/build/args/SERVICE").asString("");
            if (!built.isEmpty()) {
                assertThat(Checkout.services()).as(each.getKey()).contains(built);
                assertThat(service.at("/image").asString()).startsWith("vectordb/" + built + ":");
                images.add(service.at("/image").asString());
            }
        }
        for (Map.Entry<String, JsonNode> each : services()) {
            assertThat(images)
                    .as(each.getKey())
                    .contains(each.getValue().at("/image").asString());
        }
    }

    @Test
    void onlyTheGatewayIsPublishedAndOnLoopback() {
        for (Map.Entry<String, JsonNode> each : services()) {
            List<String> ports = each.getValue()
                    .at("/ports")
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
            if (each.getKey().equals("gateway")) {
                assertThat(ports).hasSize(2).allMatch(port -> port.startsWith("${VECTORDB_BIND:-127.0.0.1}:"));
            } else {
                assertThat(ports).as(each.getKey()).isEmpty();
            }
        }
    }

    @Test
    void nodesAreKnownByTheirOwnHostNames() {
        for (Map.Entry<String, JsonNode> each : services()) {
            JsonNode environment = each.getValue().at("/environment");
            assertThat(each.getValue().at("/hostname").asString()).isEqualTo(each.getKey());
            for (String variable : NAMES) {
                if (environment.has(variable)) {
                    assertThat(environment.at("/" + variable).asString())
                            .as(variable)
                            .isEqualTo(each.getKey());
                    assertThat(environment.at("/VECTORDB_RPC_HOST").asString()).isEqualTo(each.getKey());
                }
            }
        }
    }

    @Test
    void whoWritesBackupsSharesAVolumeForThem() {
        for (Map.Entry<String, JsonNode> each : services()) {
            boolean writes =
                    each.getKey().startsWith("storage-") || each.getKey().equals("coordinator");
            assertThat(each.getValue().at("/volumes").valueStream().map(JsonNode::asString))
                    .as(each.getKey())
                    .matches(volumes -> volumes.contains(BACKUPS) == writes);
            assertThat(each.getValue()
                            .at("/environment/VECTORDB_BACKUP_FOLDERS")
                            .asString(""))
                    .as(each.getKey())
                    .isEqualTo(writes ? "/backups" : "");
        }
        assertThat(compose.at("/volumes").has("backups")).isTrue();
    }

    @Test
    void everyStoreHasAVolumeOfItsOwn() {
        for (Map.Entry<String, JsonNode> each : services()) {
            boolean stores =
                    each.getKey().startsWith("storage-") || each.getKey().equals("metadata");
            List<String> volumes = each.getValue()
                    .at("/volumes")
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
            List<String> own = stores ? List.of(each.getKey() + ":/data") : List.of();
            assertThat(volumes.stream().filter(volume -> !volume.equals(BACKUPS)))
                    .containsExactlyElementsOf(own);
            assertThat(compose.at("/volumes").has(each.getKey()))
                    .as(each.getKey())
                    .isEqualTo(stores);
        }
    }
}
