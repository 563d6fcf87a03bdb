package io.vectordb.schema;

import io.vectordb.v1.Value;

/** Values as messages name them. */
final class Kinds {

    private Kinds() {}

    static String of(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE -> "null";
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT_VALUE -> "the integer " + value.getIntValue();
            case FLOAT_VALUE -> "the number " + value.getFloatValue();
            case DECIMAL_VALUE -> "the number " + Texts.shortened(value.getDecimalValue());
            case STRING_VALUE -> "the text " + Texts.quoted(value.getStringValue());
            case DATE_VALUE -> "the date " + Texts.shortened(value.getDateValue());
            case TIMESTAMP_VALUE -> "a timestamp";
            case LIST_VALUE -> "a list";
            case OBJECT_VALUE -> "an object";
            case GEO_VALUE -> "a point";
            case VECTOR_VALUE -> "a vector";
            case BYTES_VALUE -> "bytes";
            case KIND_NOT_SET -> "nothing";
        };
    }
}
