package io.vectordb.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.json.Json;
import io.vectordb.gateway.json.JsonReader;
import io.vectordb.v1.Consistency;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/** Sets members of a request message from what stands outside of the body. */
public final class RequestMembers {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private RequestMembers() {}

    /** The members of a message that can be query parameters: those of one text, number, flag, duration or time. */
    public static List<FieldDescriptor> simple(Descriptor type) {
        Predicate<FieldDescriptor> isText = field -> field.getJavaType() != JavaType.MESSAGE
                || field.getMessageType().equals(Duration.getDescriptor())
                || field.getMessageType().equals(Timestamp.getDescriptor());
        return type.getFields().stream()
                .filter(field -> !field.isRepeated() || field.getJavaType() == JavaType.STRING)
                .filter(isText)
                .filter(field -> field.getJavaType() != JavaType.BYTE_STRING)
                .toList();
    }

    /** Sets a member that stands in the path; the body may repeat it. */
    static void bindVariable(Message.Builder target, String name, String value) {
        FieldDescriptor field = target.getDescriptorForType().findFieldByName(name);
        Object present = target.getField(field);
        if (!"".equals(present) && !value.equals(present)) {
            throw VectorDbException.of(
                    new Violation(name, ErrorCode.INVALID_VALUE, "the path says " + value + ", the body " + present));
        }
        target.setField(field, value);
    }

    /** Sets members that stand in the query. */
    static void bindQuery(Message.Builder target, QueryParameters query) {
        query.names().forEach(name -> bindOne(target, name, query.get(name).orElse("")));
    }

    /** Sets one member from its text, read as it would be in a body. */
    static void bindOne(Message.Builder target, String name, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out)) {
            json.writeStartObject();
            json.writeName(name);
            writeParameter(json, target.getDescriptorForType().findFieldByName(name), value);
            json.writeEndObject();
        }
        JsonReader.merge(out.toByteArray(), target);
    }

    private static void writeParameter(JsonGenerator json, FieldDescriptor field, String value) {
        if (field.isRepeated()) {
            json.writeStartArray();
            for (String part : value.split(",", -1)) {
                json.writeString(part);
            }
            json.writeEndArray();
        } else if (field.getJavaType() == JavaType.BOOLEAN && (value.equals("true") || value.equals("false"))) {
            json.writeBoolean(value.equals("true"));
        } else {
            json.writeString(value);
        }
    }

    /** Sets what stands in headers: the request id and the session tokens. */
    static void bindHeaders(Message.Builder target, RestExchange exchange) {
        exchange.header(IDEMPOTENCY_KEY).ifPresent(key -> bindRequestId(target, key));
        List<String> tokens = exchange.tokens();
        if (!tokens.isEmpty()) {
            bindTokens(target, tokens);
        }
    }

    private static void bindRequestId(Message.Builder target, String key) {
        FieldDescriptor field = target.getDescriptorForType().findFieldByName("request_id");
        if (field == null) {
            return;
        }
        Object present = target.getField(field);
        if (!"".equals(present) && !key.equals(present)) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "Idempotency-Key is " + key + ", request_id is " + present + ": both given, they must be equal",
                    Map.of(Problems.HEADER, IDEMPOTENCY_KEY));
        }
        target.setField(field, key);
    }

    private static void bindTokens(Message.Builder target, List<String> tokens) {
        Descriptor type = target.getDescriptorForType();
        FieldDescriptor writes = type.findFieldByName("tokens");
        FieldDescriptor reads = type.findFieldByName("consistency");
        if (writes != null) {
            tokens.forEach(token -> target.addRepeatedField(writes, token));
        } else if (reads != null) {
            Consistency consistency = (Consistency) target.getField(reads);
            boolean bodySaysOtherwise = consistency.getLevel() != Consistency.Level.LEVEL_UNSPECIFIED
                    && consistency.getLevel() != Consistency.Level.SESSION;
            if (!bodySaysOtherwise) {
                target.setField(
                        reads, consistency.toBuilder().addAllTokens(tokens).build());
            }
        }
    }
}
