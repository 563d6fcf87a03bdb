package io.vectordb.gateway.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.gateway.api.Stages;
import io.vectordb.gateway.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** The OpenAPI 3.1 description of the routes, made once from what the routes themselves are made from. */
public final class OpenApiDocument {

    private static final Map<String, Object> TEXT = Map.of("type", "string");

    private final Schemas schemas = new Schemas();

    private OpenApiDocument() {}

    /** The description of {@code operations} in UTF-8. */
    public static byte[] write(List<Operation> operations, String version) {
        Map<String, Object> document = new OpenApiDocument().document(operations, version);
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 10);
        try (JsonGenerator json = Json.generator(out)) {
            write(json, document);
        }
        return out.toByteArray();
    }

    private Map<String, Object> document(List<Operation> operations, String version) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        for (Operation operation : operations) {
            paths.computeIfAbsent(path(operation), _ -> new LinkedHashMap<>())
                    .put(operation.httpMethod().toLowerCase(Locale.ROOT), describe(operation));
        }
        Map<String, Object> components = new LinkedHashMap<>();
        Map<String, Object> all = new LinkedHashMap<>(schemas.all());
        all.put("Problem", problem());
        components.put("schemas", all);
        components.put("responses", Map.of("Problem", problemResponse()));
        components.put("securitySchemes", Map.of("key", Map.of("type", "http", "scheme", "bearer")));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "VectorDB",
                        "version",
                        version,
                        "license",
                        Map.of("name", "Apache-2.0", "identifier", "Apache-2.0"),
                        "description",
                        "int64 is written as a number; Accept: application/json; int64=string asks for strings. "
                                + "Operations with x-since are declared and not available yet."));
        document.put("servers", List.of(Map.of("url", "/")));
        document.put("security", List.of(Map.of(), Map.of("key", List.of())));
        document.put("paths", paths);
        document.put("components", components);
        return document;
    }

    private static String path(Operation operation) {
        return operation.path().toString().replaceAll("\\{[^}]*\\.", "{");
    }

    private Map<String, Object> describe(Operation operation) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("operationId", operation.id());
        described.put("tags", List.of(operation.tag()));
        String summary = Summaries.of(operation.id());
        if (!summary.isEmpty()) {
            described.put("summary", summary);
        }
        boolean isLater = operation.stage() > Stages.BUILT;
        if (isLater) {
            described.put("description", "Not available yet: answers 501 FEATURE_NOT_AVAILABLE");
            described.put("x-since", operation.stage());
        }
        List<Object> parameters = parameters(operation);
        if (!parameters.isEmpty()) {
            described.put("parameters", parameters);
        }
        if (operation.body() != null) {
            described.put("requestBody", Map.of("required", true, "content", bodyContent(operation, operation.body())));
        }
        described.put("responses", responses(operation));
        return described;
    }

    private List<Object> parameters(Operation operation) {
        List<Object> parameters = new ArrayList<>();
        for (String variable : operation.path().variables()) {
            String name = variable.substring(variable.lastIndexOf('.') + 1);
            parameters.add(Map.of("name", name, "in", "path", "required", true, "schema", TEXT));
        }
        for (Operation.Parameter parameter : operation.query()) {
            Map<String, Object> schema = parameter.field() == null ? TEXT : schemas.member(parameter.field());
            parameters.add(Map.of("name", parameter.name(), "in", "query", "schema", schema));
        }
        Descriptor body = operation.body();
        boolean isChange = body != null && body.findFieldByName("request_id") != null
                || operation.query().stream().anyMatch(each -> each.name().equals("request_id"));
        if (isChange) {
            parameters.add(header("Idempotency-Key", "The same as request_id; both given, they must be equal"));
        }
        if (operation.path().toString().startsWith("/v1/collections/{")) {
            parameters.add(header("VectorDB-Token", "Session tokens, separated by commas"));
        }
        return parameters;
    }

    private static Map<String, Object> header(String name, String description) {
        return Map.of("name", name, "in", "header", "description", description, "schema", TEXT);
    }

    private Map<String, Object> bodyContent(Operation operation, Descriptor body) {
        Map<String, Object> media = new LinkedHashMap<>();
        media.put("schema", schemas.reference(body));
        Summaries.example(operation.id()).ifPresent(example -> media.put("example", example));
        return Map.of(operation.bodyType(), media);
    }

    private Map<String, Object> responses(Operation operation) {
        Map<String, Object> responses = new LinkedHashMap<>();
        Map<String, Object> schema =
                operation.answer() == null ? Map.of("type", "object") : schemas.reference(operation.answer());
        for (int status : operation.statuses()) {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", describe(status));
            Map<String, Object> headers = new LinkedHashMap<>();
            if (operation.answer() != null && operation.answer().findFieldByName("token") != null) {
                headers.put("VectorDB-Token", Map.of("schema", TEXT));
            }
            if (status == 201) {
                headers.put("Location", Map.of("schema", TEXT));
            }
            if (!headers.isEmpty()) {
                response.put("headers", headers);
            }
            response.put("content", Map.of(operation.answerType(), Map.of("schema", schema)));
            responses.put(Integer.toString(status), response);
        }
        responses.put("default", Map.of("$ref", "#/components/responses/Problem"));
        return responses;
    }

    private static String describe(int status) {
        return switch (status) {
            case 201 -> "Created";
            case 202 -> "Begun: the operation tells how far it is";
            case 207 -> "Done in part: failed counts what was refused, each result tells its own outcome";
            default -> "Done";
        };
    }

    private static Map<String, Object> problemResponse() {
        return Map.of(
                "description", "What went wrong, as in RFC 9457",
                "headers", Map.of("Retry-After", Map.of("schema", Map.of("type", "integer"))),
                "content",
                        Map.of(
                                "application/problem+json",
                                Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));
    }

    private static Map<String, Object> problem() {
        Map<String, Object> place = new LinkedHashMap<>();
        for (String name : List.of("pointer", "parameter", "header", "code", "detail", "context", "hint")) {
            place.put(name, TEXT);
        }
        Map<String, Object> integer = Map.of("type", "integer");
        place.put(
                "position",
                Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("offset", integer, "line", integer, "column", integer, "length", integer)));
        place.put("expected", Map.of());
        place.put("actual", Map.of());
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", TEXT);
        members.put("title", TEXT);
        members.put("status", integer);
        members.put(
                "code",
                Map.of(
                        "type",
                        "string",
                        "examples",
                        Stream.of(ErrorCode.values()).map(Enum::name).toList()));
        members.put("detail", TEXT);
        members.put("instance", TEXT);
        members.put("retryable", Map.of("type", "boolean"));
        members.put("trace_id", TEXT);
        members.put("errors", Map.of("type", "array", "items", Map.of("type", "object", "properties", place)));
        return Map.of(
                "type",
                "object",
                "required",
                List.of("type", "title", "status", "code", "detail", "instance", "retryable", "trace_id"),
                "properties",
                members);
    }

    private static void write(JsonGenerator json, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.entrySet().forEach(entry -> {
                    json.writeName(String.valueOf(entry.getKey()));
                    write(json, entry.getValue());
                });
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(element -> write(json, element));
                json.writeEndArray();
            }
            case Integer number -> json.writeNumber(number);
            case Boolean bool -> json.writeBoolean(bool);
            default -> json.writeString(value.toString());
        }
    }
}
