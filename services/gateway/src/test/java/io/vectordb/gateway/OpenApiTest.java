package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.RpcCatalogue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenApiTest extends RunningGateway {

    private static JsonNode document() {
        byte[] body = web().get()
                .uri("/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
        return JsonMapper.builder().build().readTree(body);
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() {
        Set<String> expected = new TreeSet<>();
        for (Rpc rpc : new RpcCatalogue().rpcs()) {
            expected.add(rpc.httpMethod() + " " + rpc.path().toString().replace("{start.", "{"));
        }
        String record = " /v1/collections/{collection}/records/{key}";
        for (String method : List.of("GET", "PUT", "PATCH", "DELETE")) {
            expected.add(method + record);
        }
        expected.add("GET /openapi.json");
        expected.add("GET /problems/{code}");
        Set<String> described = new TreeSet<>();
        document()
                .get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(described).isEqualTo(expected);
    }

    @Test
    void everyDescribedRouteIsRouted() {
        document()
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().propertyNames().forEach(method -> {
                    String uri = path.getKey().replace("{code}", "internal").replaceAll("\\{[^}]*}", "x");
                    int status = web().method(
                                    org.springframework.http.HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)))
                            .uri(uri)
                            .exchange()
                            .returnResult(Void.class)
                            .getStatus()
                            .value();
                    assertThat(status).as("%s %s", method, uri).isNotIn(404, 405);
                    boolean isLater = path.getValue().get(method).has("x-since");
                    assertThat(status == 501).as("%s %s", method, uri).isEqualTo(isLater);
                }));
    }

    @Test
    void referencesResolveAndIdsAndParametersAreSound() {
        JsonNode document = document();
        assertThat(document.get("openapi").asString()).startsWith("3.1");
        List<String> references = new ArrayList<>();
        collect(document, references);
        for (String reference : references) {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
        Set<String> ids = new HashSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    assertThat(ids.add(operation.getValue().get("operationId").asString()))
                            .isTrue();
                    Set<String> variables = new HashSet<>();
                    Matcher matcher = Pattern.compile("\\{([^}]*)}").matcher(path.getKey());
                    while (matcher.find()) {
                        variables.add(matcher.group(1));
                    }
                    Set<String> declared = new HashSet<>();
                    operation.getValue().path("parameters").forEach(parameter -> {
                        if (parameter.get("in").asString().equals("path")) {
                            declared.add(parameter.get("name").asString());
                        }
                    });
                    assertThat(declared).isEqualTo(variables);
                    assertThat(operation.getValue().get("responses").has("default"))
                            .isTrue();
                }));
    }

    @Test
    void schemasFollowTheJsonOfTheApi() {
        JsonNode schemas = document().at("/components/schemas");
        assertThat(schemas.at("/Fields/additionalProperties/$ref").asString()).isEqualTo("#/components/schemas/Value");
        assertThat(schemas.at("/Consistency/properties/level/enum").toString())
                .isEqualTo("[\"strong\",\"bounded\",\"session\",\"eventual\"]");
        assertThat(schemas.at("/SearchRequest/properties/explain/x-since").asInt())
                .isEqualTo(2);
        assertThat(schemas.at("/Vector/oneOf/0/type").asString()).isEqualTo("array");
        assertThat(schemas.at("/WriteOp/properties/if_seq/type").toString()).isEqualTo("[\"integer\",\"string\"]");
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.isObject() && node.has("$ref")) {
            references.add(node.get("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }
}
