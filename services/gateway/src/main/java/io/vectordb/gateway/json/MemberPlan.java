package io.vectordb.gateway.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vectordb.gateway.api.Stages;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/**
 * How one member is written.
 *
 * @param field the member
 * @param name its name, encoded once
 * @param isLater whether it belongs to a stage that is not built
 */
record MemberPlan(FieldDescriptor field, SerializableString name, boolean isLater) {

    private static final Map<Descriptor, List<MemberPlan>> ALL = new ConcurrentHashMap<>();

    /** The members of a message, in the order of the proto file. */
    static List<MemberPlan> of(Descriptor type) {
        return ALL.computeIfAbsent(
                type,
                key -> key.getFields().stream()
                        .map(field -> new MemberPlan(
                                field, new SerializedString(field.getName()), Stages.of(field) > Stages.BUILT))
                        .toList());
    }

    /** Whether the member stands in the JSON of {@code message}. */
    boolean isWritten(Message message) {
        if (field.isRepeated()) {
            return message.getRepeatedFieldCount(field) > 0 || !field.isMapField() && !isLater;
        }
        if (field.hasPresence()) {
            return message.hasField(field);
        }
        Object value = message.getField(field);
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> !isLater || ((Number) value).doubleValue() != 0;
            case BOOLEAN, STRING, BYTE_STRING -> !value.equals(field.getDefaultValue());
            case ENUM -> ((EnumValueDescriptor) value).getNumber() != 0;
            case MESSAGE -> throw new IllegalStateException("a message has presence: " + field);
        };
    }
}
