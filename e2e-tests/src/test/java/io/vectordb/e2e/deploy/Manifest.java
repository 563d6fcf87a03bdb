package io.vectordb.e2e.deploy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One Kubernetes object, as rendered. */
record Manifest(JsonNode json) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** All objects of a stream of YAML documents. */
    static List<Manifest> parse(String yaml) {
        return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
                .filter(Objects::nonNull)
                .map(document -> new Manifest(MAPPER.valueToTree(document)))
                .toList();
    }

    String kind() {
        return json.at("/kind").asString();
    }

    String name() {
        return json.at("/metadata/name").asString();
    }

    boolean isWorkload() {
        return kind().equals("StatefulSet") || kind().equals("Deployment");
    }

    /** What lies at a JSON pointer; a missing node where there is nothing. */
    JsonNode at(String pointer) {
        return json.at(pointer);
    }

    /** The elements at a JSON pointer. */
    Stream<JsonNode> each(String pointer) {
        return StreamSupport.stream(json.at(pointer).spliterator(), false);
    }

    /** The only container of a workload. */
    JsonNode container() {
        JsonNode containers = at("/spec/template/spec/containers");
        if (containers.size() != 1) {
            throw new AssertionError(this + " has " + containers.size() + " containers");
        }
        return containers.get(0);
    }

    /** The texts at a JSON pointer, by name. */
    Map<String, String> texts(String pointer) {
        Map<String, String> texts = new TreeMap<>();
        at(pointer)
                .properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
        return texts;
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
