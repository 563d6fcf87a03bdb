package io.vectordb.gateway.json;

import com.google.protobuf.NullValue;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.MemberPath;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Floats;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.MultiVector;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Select;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the types that have a plain JSON form. Each method starts at the first token of its value and ends at the last. */
final class ShorthandReader {

    private final JsonParser parser;
    private final MemberPath path;
    private final MessageReader messages;

    ShorthandReader(JsonParser parser, MemberPath path, MessageReader messages) {
        this.parser = parser;
        this.path = path;
        this.messages = messages;
    }

    /** Any JSON value. A number without fraction and exponent is an integer, any other a decimal with its digits. */
    Value readValue() {
        Value.Builder value = Value.newBuilder();
        return switch (parser.currentToken()) {
            case VALUE_NULL -> value.setNullValue(NullValue.NULL_VALUE).build();
            case VALUE_TRUE -> value.setBoolValue(true).build();
            case VALUE_FALSE -> value.setBoolValue(false).build();
            case VALUE_STRING ->
                value.setStringValue(messages.checkText(parser.getString())).build();
            case VALUE_NUMBER_INT -> readInteger(value);
            case VALUE_NUMBER_FLOAT -> value.setDecimalValue(decimal()).build();
            case START_ARRAY -> value.setListValue(readListValue()).build();
            case START_OBJECT -> value.setObjectValue(readFields()).build();
            default -> throw messages.wrongType("a value");
        };
    }

    private Value readInteger(Value.Builder value) {
        return switch (parser.getNumberType()) {
            case INT, LONG -> value.setIntValue(parser.getLongValue()).build();
            default -> value.setDecimalValue(parser.getString()).build();
        };
    }

    private String decimal() {
        try {
            return Numbers.plain(parser.getString());
        } catch (IllegalArgumentException e) {
            throw messages.invalid(String.valueOf(e.getMessage()), "");
        }
    }

    ListValue readListValue() {
        messages.expect(JsonToken.START_ARRAY, "an array");
        ListValue.Builder list = ListValue.newBuilder();
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            path.push(i);
            list.addItems(readValue());
            path.pop();
        }
        return list.build();
    }

    Fields readFields() {
        messages.expect(JsonToken.START_OBJECT, "an object");
        Fields.Builder fields = Fields.newBuilder();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = messages.checkText(parser.currentName());
            path.push(name);
            if (fields.containsValues(name)) {
                throw messages.repeated(name);
            }
            parser.nextToken();
            fields.putValues(name, readValue());
            path.pop();
        }
        return fields.build();
    }

    RecordKey readKey() {
        return switch (parser.currentToken()) {
            case VALUE_STRING ->
                RecordKey.newBuilder()
                        .setStringKey(messages.checkText(parser.getString()))
                        .build();
            case VALUE_NUMBER_INT ->
                RecordKey.newBuilder()
                        .setIntKey(messages.readLong(Long.MIN_VALUE, Long.MAX_VALUE))
                        .build();
            case START_ARRAY ->
                RecordKey.newBuilder().setComposite(readListValue()).build();
            default -> throw messages.wrongType("a key: a string, an integer or an array");
        };
    }

    Select readSelect(Select.Builder select) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                path.push(i);
                select.addInclude(messages.readText("the name of a field"));
                path.pop();
            }
        } else {
            messages.expect(JsonToken.START_OBJECT, "an array of field names, or an object");
            messages.readMembers(select);
        }
        return select.build();
    }

    Vector readVector(Vector.Builder vector) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            messages.readMembers(vector);
            return vector.build();
        }
        messages.expect(JsonToken.START_ARRAY, "an array of numbers, or {\"float32_le\": …}");
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
            return vector.setMulti(readRows()).build();
        }
        Floats.Builder floats = Floats.newBuilder();
        int i = 0;
        for (JsonToken token = first; token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            floats.addValues(readComponent(i++));
        }
        return vector.setFloats(floats).build();
    }

    private float readComponent(int index) {
        path.push(index);
        float component = messages.readFloat();
        path.pop();
        return component;
    }

    private MultiVector readRows() {
        MultiVector.Builder rows = MultiVector.newBuilder();
        int row = 0;
        for (JsonToken token = JsonToken.START_ARRAY; token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            path.push(row);
            messages.expect(JsonToken.START_ARRAY, "an array of numbers");
            int dim = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                rows.addValues(readComponent(dim++));
            }
            if (row++ > 0 && dim != rows.getDim()) {
                throw VectorDbException.of(new Violation(
                        path.toString(),
                        ErrorCode.DIMENSION_MISMATCH,
                        "expected dimension " + rows.getDim() + " as in the first row, received " + dim));
            }
            rows.setDim(dim);
            path.pop();
        }
        return rows.build();
    }
}
