package io.vectordb.gateway.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Failures as the problem details of RFC 9457. */
final class Problems {

    /** Metadata that says which header or parameter a failure is about. */
    static final String HEADER = "header";

    static final String PARAMETER = "parameter";
    static final String HINT = "hint";
    private static final int CONTEXT_CODE_POINTS = 80;
    private static final Set<String> PLACED = Set.of(HEADER, PARAMETER, HINT, "expected", "actual");

    private Problems() {}

    /**
     * What a problem is written from.
     *
     * @param instance the path of the request
     * @param traceId of the request
     * @param place where its members came from
     * @param request the message, once there is one: the texts of its filters are quoted
     */
    record Source(
            String instance,
            String traceId,
            ErrorPlace place,
            @Nullable Message request) {}

    /** The problem as a body of its own. */
    static byte[] write(VectorDbException error, Source source) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = Json.generator(out)) {
            write(json, error, source);
        }
        return out.toByteArray();
    }

    /** The problem as the generator's next value. */
    static void write(JsonGenerator json, VectorDbException error, Source source) {
        ErrorCode code = error.code();
        json.writeStartObject();
        json.writeStringProperty("type", "/problems/" + code.slug());
        json.writeStringProperty("title", code.title());
        json.writeNumberProperty("status", code.httpStatus());
        json.writeStringProperty("code", code.name());
        json.writeStringProperty("detail", error.getMessage());
        json.writeStringProperty("instance", source.instance());
        json.writeBooleanProperty("retryable", code.retryable());
        json.writeStringProperty("trace_id", source.traceId());
        writeErrors(json, error, source);
        json.writeEndObject();
    }

    private static void writeErrors(JsonGenerator json, VectorDbException error, Source source) {
        List<Violation> violations = error.violations();
        if (!violations.isEmpty()) {
            json.writeArrayPropertyStart("errors");
            for (Violation violation : violations) {
                json.writeStartObject();
                writePlace(json, violation.path(), source.place());
                writeViolation(json, violation, source);
                if (violations.size() == 1) {
                    writeValues(json, error.metadata());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } else if (error.metadata().keySet().stream().anyMatch(PLACED::contains)) {
            json.writeArrayPropertyStart("errors");
            json.writeStartObject();
            for (String name : List.of(HEADER, PARAMETER, HINT)) {
                if (error.metadata().containsKey(name)) {
                    json.writeStringProperty(name, error.metadata().get(name));
                }
            }
            writeValues(json, error.metadata());
            json.writeEndObject();
            json.writeEndArray();
        }
    }

    private static void writePlace(JsonGenerator json, String path, ErrorPlace place) {
        if (place.isParameter(path)) {
            json.writeStringProperty("parameter", path);
            return;
        }
        String inBody = place.toBody().apply(path);
        if (place.isParameter(inBody)) {
            json.writeStringProperty("parameter", inBody);
        } else {
            json.writeStringProperty("pointer", ErrorPlace.pointer(inBody));
        }
    }

    private static void writeViolation(JsonGenerator json, Violation violation, Source source) {
        json.writeStringProperty("code", violation.code().name());
        json.writeStringProperty("detail", violation.message());
        Position position = violation.position();
        if (position != null) {
            json.writeObjectPropertyStart("position");
            json.writeNumberProperty("offset", position.offset());
            json.writeNumberProperty("line", position.line());
            json.writeNumberProperty("column", position.column());
            json.writeNumberProperty("length", position.length());
            json.writeEndObject();
            String text = textAt(source.request(), violation.path());
            if (!text.isEmpty()) {
                json.writeStringProperty("context", context(text, position));
            }
        }
        if (!violation.hint().isEmpty()) {
            json.writeStringProperty("hint", violation.hint());
        }
    }

    private static void writeValues(JsonGenerator json, Map<String, String> metadata) {
        for (String name : List.of("expected", "actual")) {
            String value = metadata.get(name);
            if (value == null) {
                continue;
            }
            json.writeName(name);
            if (value.matches("-?\\d{1,18}")) {
                json.writeNumber(Long.parseLong(value));
            } else {
                json.writeString(value);
            }
        }
    }

    /** The text that stands at a path without indices; empty when there is none. */
    private static String textAt(@Nullable Message request, String path) {
        Message holder = request;
        String[] names = path.split("\\.");
        for (int i = 0; holder != null && i < names.length; i++) {
            FieldDescriptor field = holder.getDescriptorForType().findFieldByName(names[i]);
            if (field == null || field.isRepeated()) {
                return "";
            }
            Object value = holder.getField(field);
            if (i == names.length - 1) {
                return value instanceof String text ? text : "";
            }
            holder = value instanceof Message inner ? inner : null;
        }
        return "";
    }

    /** The line of a position and carets under its place; of a long line the part around it. */
    static String context(String text, Position position) {
        int[] line = text.lines()
                .skip(Math.max(0, position.line() - 1))
                .findFirst()
                .orElse("")
                .codePoints()
                .toArray();
        int at = Math.clamp(position.column() - 1L, 0, line.length);
        int from = line.length <= CONTEXT_CODE_POINTS ? 0 : Math.max(0, at - CONTEXT_CODE_POINTS / 2);
        int to = Math.min(line.length, from + CONTEXT_CODE_POINTS);
        int carets = Math.clamp(position.length(), 1, Math.max(1, to - at));
        return new String(line, from, to - from) + "\n" + " ".repeat(at - from) + "^".repeat(carets);
    }
}
