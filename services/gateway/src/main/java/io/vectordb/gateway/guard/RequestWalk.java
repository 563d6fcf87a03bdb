package io.vectordb.gateway.guard;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.MemberPath;
import io.vectordb.gateway.api.Stages;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One walk over a request. For one thread, used once. */
final class RequestWalk {

    /**
     * How deep messages may be nested. Protobuf reads at most 100 levels where nothing else is said, and the record travels
     * inside other messages behind the coordinator.
     */
    static final int DEPTH = 90;

    private final MemberPath path = new MemberPath();
    private boolean isGet;

    void walk(Message root) {
        isGet = root instanceof GetRequest;
        walk(root, 0);
    }

    private void walk(Message message, int depth) {
        if (depth > DEPTH) {
            throw fault(ErrorCode.LIMIT_EXCEEDED, "nested deeper than " + DEPTH + " messages");
        }
        refuseUnknown(message);
        switch (message) {
            case Value value -> walkValue(value, depth);
            case ListValue list -> walkList(list, depth);
            case Fields fields -> walkFields(fields, depth);
            case RecordKey key -> walkKey(key, depth);
            default -> walkMembers(message, depth);
        }
    }

    private void walkMembers(Message message, int depth) {
        for (Map.Entry<FieldDescriptor, Object> member : message.getAllFields().entrySet()) {
            FieldDescriptor field = member.getKey();
            path.push(field.getName());
            refuseLater(Stages.of(field));
            MemberRules.check(field, member.getValue(), message, this);
            walkMember(field, member.getValue(), depth);
            path.pop();
        }
    }

    private void walkMember(FieldDescriptor field, Object value, int depth) {
        JavaType type = field.getJavaType();
        if (!field.isRepeated()) {
            walkSingle(field, value, depth);
        } else if (field.isMapField()) {
            walkMap(field, (List<?>) value, depth);
        } else if (type == JavaType.MESSAGE || type == JavaType.ENUM || type == JavaType.DOUBLE) {
            List<?> elements = (List<?>) value;
            for (int i = 0; i < elements.size(); i++) {
                path.push(i);
                walkSingle(field, elements.get(i), depth);
                path.pop();
            }
        }
    }

    private void walkMap(FieldDescriptor field, List<?> entries, int depth) {
        FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
        for (Object each : entries) {
            MapEntry<?, ?> entry = (MapEntry<?, ?>) each;
            path.push(entry.getKey());
            walkSingle(valueField, entry.getValue(), depth + 1);
            path.pop();
        }
    }

    private void walkSingle(FieldDescriptor field, Object value, int depth) {
        switch (value) {
            case Message message -> walk(message, depth + 1);
            case EnumValueDescriptor constant -> checkConstant(field, constant);
            case Double number -> checkFinite(number);
            default -> {
                // Texts, integers and bytes have rules of their own or none.
            }
        }
    }

    private void checkConstant(FieldDescriptor field, EnumValueDescriptor constant) {
        if (constant.getIndex() < 0) {
            throw fault(
                    ErrorCode.INVALID_VALUE, field.getEnumType().getName() + " has no value " + constant.getNumber());
        }
        refuseLater(Stages.of(constant));
    }

    private void walkValue(Value value, int depth) {
        switch (value.getKindCase()) {
            case FLOAT_VALUE -> checkFinite(value.getFloatValue());
            case LIST_VALUE -> walk(value.getListValue(), depth + 1);
            case OBJECT_VALUE -> walk(value.getObjectValue(), depth + 1);
            case GEO_VALUE -> walk(value.getGeoValue(), depth + 1);
            case VECTOR_VALUE -> walk(value.getVectorValue(), depth + 1);
            case TIMESTAMP_VALUE -> walk(value.getTimestampValue(), depth + 1);
            case BYTES_VALUE ->
                refuseLater(Stages.of(Value.getDescriptor().findFieldByNumber(Value.BYTES_VALUE_FIELD_NUMBER)));
            case NULL_VALUE, BOOL_VALUE, INT_VALUE, STRING_VALUE, DECIMAL_VALUE, DATE_VALUE, KIND_NOT_SET -> {
                // Nothing that could be wrong without a schema.
            }
        }
    }

    private void walkList(ListValue list, int depth) {
        List<Value> items = list.getItemsList();
        for (int i = 0; i < items.size(); i++) {
            path.push(i);
            walk(items.get(i), depth + 1);
            path.pop();
        }
    }

    private void walkFields(Fields fields, int depth) {
        for (Map.Entry<String, Value> field : fields.getValuesMap().entrySet()) {
            path.push(field.getKey());
            walk(field.getValue(), depth + 2);
            path.pop();
        }
    }

    private void walkKey(RecordKey key, int depth) {
        switch (key.getKeyCase()) {
            case STRING_KEY -> {
                int bytes = key.getStringKey().getBytes(StandardCharsets.UTF_8).length;
                if (isGet && bytes > Limits.KEY_BYTES) {
                    throw fault(
                            ErrorCode.KEY_TOO_LONG,
                            "the key has " + bytes + " bytes, at most " + Limits.KEY_BYTES + " are allowed");
                }
            }
            case COMPOSITE -> {
                refuseLater(Stages.of(RecordKey.getDescriptor().findFieldByNumber(RecordKey.COMPOSITE_FIELD_NUMBER)));
                walk(key.getComposite(), depth + 1);
            }
            case KEY_NOT_SET -> {
                if (isGet) {
                    throw fault(ErrorCode.MISSING_MEMBER, "the key is empty");
                }
            }
            case INT_KEY -> {
                // Any integer is a key.
            }
        }
    }

    private void checkFinite(double number) {
        if (!Double.isFinite(number)) {
            throw fault(ErrorCode.INVALID_VALUE, "expected a finite number, found " + number);
        }
    }

    private void refuseUnknown(Message message) {
        UnknownFieldSet unknown = message.getUnknownFields();
        if (!unknown.asMap().isEmpty()) {
            String name = message.getDescriptorForType().getName();
            path.push("#" + unknown.asMap().keySet().iterator().next());
            throw fault(
                    ErrorCode.UNKNOWN_MEMBER,
                    name + " has no member of this number; the client may be newer than the server");
        }
    }

    private void refuseLater(int stage) {
        if (stage > Stages.BUILT) {
            String member = path.toString();
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    member + " is declared and not available yet",
                    Map.of("member", member, "stage", Integer.toString(stage)),
                    List.of(new Violation(member, ErrorCode.FEATURE_NOT_AVAILABLE, "not available yet")),
                    null);
        }
    }

    VectorDbException fault(ErrorCode code, String message) {
        return VectorDbException.of(new Violation(path.toString(), code, message));
    }
}
