package io.vectordb.gateway.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.MemberPath;
import io.vectordb.gateway.api.NearNames;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Select;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the messages of one JSON text. For one thread, used once. */
final class MessageReader {

    private final JsonParser parser;
    private final MemberPath path = new MemberPath();
    private final ShorthandReader shorthands;

    MessageReader(JsonParser parser) {
        this.parser = parser;
        shorthands = new ShorthandReader(parser, path, this);
    }

    /** The text's own object, at whose first token the parser stands. */
    void readWhole(Message.Builder target) {
        if (target instanceof Fields.Builder fields) {
            fields.mergeFrom(shorthands.readFields());
            return;
        }
        expect(JsonToken.START_OBJECT, "an object");
        readMembers(target);
    }

    /** A message of any type; the parser stands at its first token and afterwards at its last. */
    Message readMessage(Message.Builder target) {
        return switch (target) {
            case Value.Builder _ -> shorthands.readValue();
            case ListValue.Builder _ -> shorthands.readListValue();
            case Fields.Builder _ -> shorthands.readFields();
            case RecordKey.Builder _ -> shorthands.readKey();
            case Vector.Builder vector -> shorthands.readVector(vector);
            case Select.Builder select -> shorthands.readSelect(select);
            case Duration.Builder _ -> parsed("a duration", Durations::parse);
            case Timestamp.Builder _ -> parsed("a time", Durations::parseTimestamp);
            default -> {
                expect(JsonToken.START_OBJECT, "an object");
                readMembers(target);
                yield target.build();
            }
        };
    }

    /** The members of an object, whose start is the current token. */
    void readMembers(Message.Builder target) {
        Descriptor type = target.getDescriptorForType();
        Members members = Members.of(type);
        Set<FieldDescriptor> seen = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            FieldDescriptor field = members.find(name);
            path.push(name);
            if (field == null) {
                throw unknown(name, members);
            }
            if (!seen.add(field)) {
                throw repeated(name);
            }
            refuseSecondOfOneof(target, field);
            parser.nextToken();
            readMember(target, field);
            path.pop();
        }
    }

    private void readMember(Message.Builder target, FieldDescriptor field) {
        if (parser.currentToken() == JsonToken.VALUE_NULL && !isSingleValue(field)) {
            throw invalid("null is no value here", "leave the member out");
        }
        if (field.isMapField()) {
            readMap(target, field);
        } else if (field.isRepeated()) {
            expect(JsonToken.START_ARRAY, "an array");
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                path.push(i);
                target.addRepeatedField(field, readSingle(target, field));
                path.pop();
            }
        } else {
            target.setField(field, readSingle(target, field));
        }
    }

    private void readMap(Message.Builder target, FieldDescriptor field) {
        expect(JsonToken.START_OBJECT, "an object");
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        Set<String> names = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = checkText(parser.currentName());
            path.push(name);
            if (!names.add(name)) {
                throw repeated(name);
            }
            parser.nextToken();
            MapEntry.Builder<?, ?> entry = (MapEntry.Builder<?, ?>) target.newBuilderForField(field);
            Object read = value.getJavaType() == JavaType.MESSAGE
                    ? readMessage(entry.newBuilderForField(value))
                    : readScalar(value);
            entry.setField(field.getMessageType().findFieldByNumber(1), name);
            entry.setField(value, read);
            target.addRepeatedField(field, entry.build());
            path.pop();
        }
    }

    private Object readSingle(Message.Builder target, FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE
                ? readMessage(target.newBuilderForField(field))
                : readScalar(field);
    }

    private Object readScalar(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT ->
                field.getType() == Type.UINT32
                        ? (Object) (int) readLong(0, 0xFFFF_FFFFL)
                        : (Object) (int) readLong(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> readLong(Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> readFloat();
            case DOUBLE -> readDouble();
            case BOOLEAN -> readBoolean();
            case STRING -> readText("a string");
            case BYTE_STRING -> readBytes();
            case ENUM -> readEnum(field);
            case MESSAGE -> throw new IllegalArgumentException("not a scalar: " + field);
        };
    }

    long readLong(long least, long most) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING) {
            String digits = parser.getString();
            try {
                long value = isDigits(digits) ? Long.parseLong(digits) : notDigits(digits);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Beyond 64 bits: out of range as below.
            }
            throw invalid("expected an integer from " + least + " to " + most + ", found " + digits, "");
        }
        throw wrongType("an integer");
    }

    private long notDigits(String text) {
        throw invalid("expected an integer, found \"" + abbreviate(text) + "\"", "");
    }

    private static boolean isDigits(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        return text.length() > start && text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
    }

    float readFloat() {
        requireNumber();
        String digits = parser.getString();
        float value = Float.parseFloat(digits);
        if (Float.isInfinite(value)) {
            throw VectorDbException.of(new Violation(
                    path.toString(),
                    ErrorCode.NON_FINITE_VECTOR,
                    abbreviate(digits) + " is beyond the range of float32"));
        }
        return value;
    }

    private double readDouble() {
        requireNumber();
        double value = Double.parseDouble(parser.getString());
        if (Double.isInfinite(value)) {
            throw invalid(abbreviate(parser.getString()) + " is beyond the range of float64", "");
        }
        return value;
    }

    private void requireNumber() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw wrongType("a number");
        }
    }

    private boolean readBoolean() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrongType("true or false");
        };
    }

    String readText(String expected) {
        expect(JsonToken.VALUE_STRING, expected);
        return checkText(parser.getString());
    }

    private ByteString readBytes() {
        String text = readText("a string in base64");
        try {
            return ByteString.copyFrom(
                    Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            throw invalid("not base64: " + e.getMessage(), "");
        }
    }

    private EnumValueDescriptor readEnum(FieldDescriptor field) {
        EnumNames names = EnumNames.of(field.getEnumType());
        String text = readText("one of " + String.join(", ", names.choices()));
        EnumValueDescriptor value = names.find(text);
        if (value == null) {
            throw invalid(
                    "expected one of " + String.join(", ", names.choices()) + ", found \"" + abbreviate(text) + "\"",
                    NearNames.hint(text, names.choices()));
        }
        return value;
    }

    private Message parsed(String expected, Function<String, Message> parse) {
        String text = readText(expected + " in a string");
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + ", found \"" + abbreviate(text) + "\"", "");
        }
    }

    /** The text itself, if it is text: every surrogate with its other half. */
    String checkText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw invalid("half of a surrogate pair at character " + i + " is not text", "");
                }
                i++;
            }
        }
        return text;
    }

    void expect(JsonToken token, String expected) {
        if (parser.currentToken() != token) {
            throw wrongType(expected);
        }
    }

    VectorDbException wrongType(String expected) {
        String found = switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string \"" + abbreviate(parser.getString()) + "\"";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> abbreviate(parser.getString());
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            default -> "null";
        };
        return invalid("expected " + expected + ", found " + found, "");
    }

    VectorDbException invalid(String message, String hint) {
        return VectorDbException.of(new Violation(path.toString(), ErrorCode.INVALID_VALUE, message, hint));
    }

    VectorDbException repeated(String name) {
        return invalid("the member " + abbreviate(name) + " stands twice", "");
    }

    private VectorDbException unknown(String name, Members members) {
        String message = members.title() + " has no member " + abbreviate(name);
        Violation violation = new Violation(
                path.toString(), ErrorCode.UNKNOWN_MEMBER, message, NearNames.hint(name, members.names()));
        return new VectorDbException(ErrorCode.UNKNOWN_MEMBER, message, Map.of(), List.of(violation), null);
    }

    private void refuseSecondOfOneof(Message.Builder target, FieldDescriptor field) {
        if (field.getRealContainingOneof() != null) {
            FieldDescriptor set = target.getOneofFieldDescriptor(field.getRealContainingOneof());
            if (set != null) {
                throw invalid(
                        set.getName() + " and " + field.getName() + " exclude each other", "leave one of them out");
            }
        }
    }

    private static boolean isSingleValue(FieldDescriptor field) {
        return !field.isRepeated()
                && field.getJavaType() == JavaType.MESSAGE
                && field.getMessageType() == Value.getDescriptor();
    }

    static String abbreviate(String text) {
        return text.length() <= 60 ? text : text.substring(0, text.offsetByCodePoints(0, 40)) + "…";
    }
}
