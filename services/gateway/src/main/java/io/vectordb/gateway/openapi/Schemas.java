package io.vectordb.gateway.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import io.vectordb.gateway.api.Stages;
import io.vectordb.gateway.json.EnumNames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The JSON schemas of messages, collected as they are referred to. For one thread. */
final class Schemas {

    private static final String PREFIX = "#/components/schemas/";
    private static final Map<String, Object> TEXT = Map.of("type", "string");

    private final Map<String, Object> written = new TreeMap<>();
    private final Deque<Descriptor> open = new ArrayDeque<>();
    private final Set<Descriptor> seen = new HashSet<>();

    /** A reference to the schema of a message. */
    Map<String, Object> reference(Descriptor type) {
        switch (type.getFullName()) {
            case "google.protobuf.Duration" -> {
                return Map.of(
                        "type", "string",
                        "pattern", "^-?[0-9]+(\\.[0-9]{1,9})?(ms|s|m|h)$",
                        "description", "A duration; written in seconds",
                        "examples", List.of("0.012s", "500ms", "5m"));
            }
            case "google.protobuf.Timestamp" -> {
                return Map.of("type", "string", "format", "date-time");
            }
            default -> {
                if (seen.add(type)) {
                    open.add(type);
                }
                return Map.of("$ref", PREFIX + type.getName());
            }
        }
    }

    /** Everything referred to so far and what that refers to, by name. */
    Map<String, Object> all() {
        for (Descriptor type = open.poll(); type != null; type = open.poll()) {
            written.put(type.getName(), schema(type));
        }
        return written;
    }

    /** The schema of a member's values. */
    Map<String, Object> member(FieldDescriptor field) {
        Map<String, Object> schema = new LinkedHashMap<>(
                field.isMapField()
                        ? map(field)
                        : field.isRepeated() ? Map.of("type", "array", "items", single(field)) : single(field));
        if (Stages.of(field) > Stages.BUILT) {
            schema.put("x-since", Stages.of(field));
            schema.put("description", "Not available yet: refused with FEATURE_NOT_AVAILABLE");
        }
        return schema;
    }

    private Map<String, Object> map(FieldDescriptor field) {
        return Map.of(
                "type",
                "object",
                "additionalProperties",
                single(field.getMessageType().findFieldByNumber(2)));
    }

    private Map<String, Object> single(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT ->
                field.getType() == Type.UINT32
                        ? Map.of("type", "integer", "minimum", 0)
                        : Map.of("type", "integer", "format", "int32");
            case LONG -> Map.of("type", List.of("integer", "string"), "format", "int64");
            case FLOAT -> Map.of("type", "number", "format", "float");
            case DOUBLE -> Map.of("type", "number", "format", "double");
            case BOOLEAN -> Map.of("type", "boolean");
            case STRING -> TEXT;
            case BYTE_STRING -> Map.of("type", "string", "contentEncoding", "base64");
            case ENUM ->
                Map.of(
                        "type",
                        "string",
                        "enum",
                        EnumNames.of(field.getEnumType()).choices());
            case MESSAGE -> reference(field.getMessageType());
        };
    }

    private Map<String, Object> schema(Descriptor type) {
        return switch (type.getFullName()) {
            case "vectordb.v1.Value" ->
                Map.of(
                        "description",
                        "Any JSON value. Integers keep 64 bits, other numbers their digits; decimals, dates and times are text.");
            case "vectordb.v1.ListValue" -> Map.of("type", "array", "items", reference(field(type, "items")));
            case "vectordb.v1.Fields" ->
                Map.of(
                        "type", "object",
                        "description", "Values by field name; vectors stand among them",
                        "additionalProperties", Map.of("$ref", PREFIX + valueName(type)));
            case "vectordb.v1.RecordKey" ->
                Map.of(
                        "description",
                        "The key itself",
                        "oneOf",
                        List.of(TEXT, Map.of("type", "integer", "format", "int64"), Map.of("type", "array")));
            case "vectordb.v1.Vector" -> vector(type);
            case "vectordb.v1.Select" ->
                Map.of(
                        "description",
                        "An array of field names is short for {\"include\": [...]}",
                        "oneOf",
                        List.of(Map.of("type", "array", "items", TEXT), object(type)));
            default -> object(type);
        };
    }

    private Map<String, Object> vector(Descriptor type) {
        Map<String, Object> numbers = Map.of("type", "array", "items", Map.of("type", "number", "format", "float"));
        return Map.of(
                "description",
                "Numbers, or bytes of little-endian float32 in base64",
                "oneOf",
                List.of(numbers, Map.of("type", "array", "items", numbers), object(type)));
    }

    private Map<String, Object> object(Descriptor type) {
        Map<String, Object> members = new LinkedHashMap<>();
        type.getFields().forEach(field -> members.put(field.getName(), member(field)));
        return Map.of("type", "object", "properties", members);
    }

    private String valueName(Descriptor fields) {
        Descriptor value = field(field(fields, "values"), "value");
        reference(value);
        return value.getName();
    }

    private static Descriptor field(Descriptor type, String name) {
        return type.findFieldByName(name).getMessageType();
    }
}
